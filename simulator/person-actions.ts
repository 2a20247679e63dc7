import { findGroup, findPerson } from "./actions/actor.ts";
import { groupActions } from "./actions/groups.ts";
import { inlineActions } from "./actions/inline.ts";
import { payAction } from "./actions/pay.ts";
import { touchActions } from "./actions/touch.ts";
import { writeActions } from "./actions/write.ts";
import type { Conversation } from "./conversation.ts";
import { Refusal } from "./refusal.ts";
import type { World } from "./world.ts";

/** What people can do to the bot, and see. Every function throws a Refusal when it cannot be done. */
export const createPersonActions = (world: World) => ({
  ...writeActions(world),
  ...touchActions(world),
  pay: payAction(world),
  inline: inlineActions(world),
  groups: groupActions(world),
  find: (id: number) => findPerson(world, id),
  group: (id: number) => findGroup(world, id),
  /** A private chat by the id of its person, or a group. */
  conversation: (id: number): Conversation => (id < 0 ? findGroup(world, id) : findPerson(world, id)),
  story(updateId: number) {
    const entry = world.ledger.get(updateId);
    if (entry === undefined)
      throw new Refusal(404, `update ${updateId} is unknown, or older than the last 5000`);
    return entry;
  },
});

export type PersonActions = ReturnType<typeof createPersonActions>;
