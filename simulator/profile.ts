/** What the bot says about itself, by language; "" is for every other language. */
export type ProfileField = "name" | "description" | "short_description";

export function createProfile(name: string) {
  const texts = new Map<string, string>();
  const key = (field: ProfileField, language: string): string => `${field} ${language}`;
  return {
    set(field: ProfileField, language: string, text: string): void {
      if (text === "") texts.delete(key(field, language));
      else texts.set(key(field, language), text);
    },
    get: (field: ProfileField, language: string): string =>
      texts.get(key(field, language)) ?? texts.get(key(field, "")) ?? (field === "name" ? name : ""),
  };
}
