/** Every secret in the text of an exported state, secrets shown, that is one word; files with several are left out. */
export const secretsOf = (exported: string): string[] =>
  [...exported.matchAll(/"plaintext": "\\"([\w:-]+)\\""/g)].map(([, value = ""]) => value);
