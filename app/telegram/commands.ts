/** Shown in everybody's menu, in this order. */
export const commands = [
  "start",
  "profile",
  "search",
  "team",
  "premium",
  "ask",
  "results",
  "settings",
  "help",
  "cancel",
  "forget",
  "my_data",
  "delete_me",
] as const;

/** Shown only in the menus of admins, and only known to them. */
export const adminCommands = ["admin", "broadcast", "maintenance", "refund"] as const;
