/** What the bot says about itself, by language; "" is for every other language. */
export type ProfileField = "name" | "description" | "short_description";

export function createProfile(name: string) {
  const texts = new Map<string, string>();
  const key = (field: ProfileField, language: string): string => `${field} ${language}`;
  return {
    /** For a snapshot. */
    entries: () => [...texts],
    restore(entries: readonly (readonly [string, string])[]): void {
      texts.clear();
      for (const [place, text] of entries) texts.set(place, text);
    },
    set(field: ProfileField, language: string, text: string): void {
      if (text === "") texts.delete(key(field, language));
      else texts.set(key(field, language), text);
    },
    get: (field: ProfileField, language: string): string =>
      texts.get(key(field, language)) ?? texts.get(key(field, "")) ?? (field === "name" ? name : ""),
  };
}
