/** The image as a registry that mirrors Docker Hub has it: `mirror.example.org/hub`. Other registries stay. */
export function mirrored(reference: string, registry: string | undefined): string {
  const [first = "", ...rest] = reference.split("/");
  const namesRegistry = rest.length > 0 && /[.:]/.test(first);
  return registry === undefined || namesRegistry ? reference : `${registry}/${reference}`;
}
