import type { BotCommand } from "@grammyjs/types";

/** The bot's menus, by scope and language. */
export function createCommands() {
  const menus = new Map<string, readonly BotCommand[]>();
  const key = (scope: string, language: string): string => `${scope} ${language}`;

  return {
    /** For a snapshot. */
    entries: () => [...menus],
    restore(entries: readonly (readonly [string, readonly BotCommand[]])[]): void {
      menus.clear();
      for (const [place, commands] of entries) menus.set(place, commands);
    },
    set: (scope: string, language: string, commands: readonly BotCommand[]): void => {
      if (commands.length === 0) menus.delete(key(scope, language));
      else menus.set(key(scope, language), commands);
    },
    get: (scope: string, language: string): readonly BotCommand[] => menus.get(key(scope, language)) ?? [],
    /** What a person sees: the narrowest scope wins, and in it their language. */
    seenBy(person: { readonly id: number; readonly language_code?: string }): readonly BotCommand[] {
      for (const scope of [`chat:${person.id}`, "all_private_chats", "default"]) {
        for (const language of [person.language_code ?? "", ""]) {
          const menu = menus.get(key(scope, language));
          if (menu !== undefined) return menu;
        }
      }
      return [];
    },
  };
}

export type Commands = ReturnType<typeof createCommands>;
