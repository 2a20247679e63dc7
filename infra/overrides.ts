import { RunError } from "@pulumi/pulumi";
import type { Config } from "./config.ts";
import { replaceable } from "./images.ts";
import type { Platform, Resources } from "./workload.ts";

export type Overrides = Pick<Config, "resources" | "volumes" | "images">;

/**
 * The platform, with sizes and images of the configuration in place of the services' own. `finish` throws a RunError
 * when a size is for a workload that the stack does not have.
 */
export function withOverrides(
  platform: Platform,
  { resources = {}, volumes = {}, images = {} }: Overrides,
): { platform: Platform; finish: () => void } {
  const sized = new Set<string>();
  const stored = new Set<string>();
  const replaced = new Map(Object.entries(images).map(([name, reference]) => [replaceable[name], reference]));

  const imageOf = (reference: string): string => replaced.get(reference) ?? reference;
  const resourcesOf = (name: string, own: Resources): Resources => {
    sized.add(name);
    const { cpuMillis = own.cpuMillis, memoryMb = own.memoryMb } = resources[name] ?? {};
    return { cpuMillis, memoryMb };
  };
  const volumeOf = (name: string, { gigabytes }: { gigabytes: number }): { gigabytes: number } => {
    stored.add(name);
    return { gigabytes: volumes[name] ?? gigabytes };
  };
  const withImage = <T extends { readonly reference: string }>(image: T): T => ({
    ...image,
    reference: imageOf(image.reference),
  });

  const { postgresCluster } = platform;
  const overridden: Platform = {
    ...platform,
    run: (name, { data, sidecar, ...args }, opts) =>
      platform.run(
        name,
        {
          ...args,
          image: withImage(args.image),
          resources: resourcesOf(name, args.resources),
          ...(data === undefined ? {} : { data: "of" in data ? data : volumeOf(name, data) }),
          ...(sidecar === undefined
            ? {}
            : {
                sidecar: {
                  ...sidecar,
                  image: withImage(sidecar.image),
                  resources: resourcesOf(sidecar.name, sidecar.resources),
                },
              }),
        },
        opts,
      ),
    ...(postgresCluster === undefined
      ? {}
      : {
          postgresCluster: (name, { pooler, ...args }, opts) =>
            postgresCluster(
              name,
              {
                ...args,
                image: imageOf(args.image),
                resources: resourcesOf(name, args.resources),
                data: volumeOf(name, args.data),
                pooler: {
                  ...pooler,
                  image: imageOf(pooler.image),
                  resources: resourcesOf(`${name}-pooler`, pooler.resources),
                },
              },
              opts,
            ),
        }),
  };

  const problemsOf = (key: string, wanted: object, known: ReadonlySet<string>): string[] =>
    Object.keys(wanted)
      .filter((name) => !known.has(name))
      .map((name) => `launchlab:${key} names ${name}, which is none of ${[...known].sort().join(", ")}`);
  return {
    platform: overridden,
    finish: () => {
      const problems = [
        ...problemsOf("resources", resources, sized),
        ...problemsOf("volumes", volumes, stored),
      ];
      if (problems.length > 0) throw new RunError(problems.join("\n"));
    },
  };
}
