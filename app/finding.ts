/** One thing that was looked at. `advice` says what to do, unless it is good. */
export interface Finding {
  readonly about: string;
  readonly state: "good" | "look" | "bad";
  readonly found: string;
  readonly advice?: string;
}

/** Something that is worth a look, or has to be mended. */
export type Problem = Finding & { readonly state: "look" | "bad"; readonly advice: string };

export const good = (about: string, found: string): Finding => ({ about, state: "good", found });
export const look = (about: string, found: string, advice: string): Problem => ({
  about,
  state: "look",
  found,
  advice,
});
export const bad = (about: string, found: string, advice: string): Problem => ({
  about,
  state: "bad",
  found,
  advice,
});
