import type { Chat } from "@grammyjs/types";
import { FIRST } from "./people.ts";
import { createHistory, type History } from "./history.ts";

export type MemberStatus = "creator" | "administrator" | "member";
/** Whether the bot is in a group, and with what rights. */
export type BotStatus = "administrator" | "member" | "left" | "kicked";

/** A group in which people talk with each other and, if it was invited, with the bot. */
export interface Group {
  readonly id: number;
  readonly title: string;
  /** By the id of the person. */
  readonly members: Map<number, MemberStatus>;
  bot: BotStatus;
  readonly history: History;
}

/** `alerts`: id of the group that is there from the start. */
export function createGroups(nextId: () => number, nextRevision: () => number, alerts?: number) {
  const groups = new Map<number, Group>();
  function put(group: Omit<Group, "history">): Group {
    const full: Group = { ...group, history: createHistory(nextRevision) };
    groups.set(full.id, full);
    return full;
  }

  function addAlerts(): void {
    if (alerts === undefined) return;
    put({ id: alerts, title: "Alerts", members: new Map([[FIRST.id, "creator"]]), bot: "member" });
  }
  addAlerts();

  return {
    /** One from a snapshot. */
    put,
    add: (title: string, creator: number): Group =>
      put({ id: nextId(), title, members: new Map([[creator, "creator"]]), bot: "left" }),
    get: (id: number): Group | undefined => groups.get(id),
    all: (): Group[] => [...groups.values()],
    reset(): void {
      groups.clear();
      addAlerts();
    },
  };
}

export const groupChatOf = ({ id, title }: Group): Chat.SupergroupChat => ({ id, type: "supergroup", title });

/** Whether the bot gets messages from there. */
export const hasBot = ({ bot }: Group): boolean => bot === "member" || bot === "administrator";

/** What the control API shows. */
export function publicGroup(group: Group) {
  const { id, title, members, bot, history } = group;
  return {
    id,
    title,
    bot,
    members: [...members].map(([person, status]) => ({ id: person, status })),
    last_message: history.summary(),
  };
}
