import { z } from "zod";
import { botStatus, command, memberStatus, message, profile } from "./control/schemas.ts";
import type { Conversation } from "./conversation.ts";
import type { World } from "./world.ts";

const messages = z.array(message);
const offer = z.object({
  title: z.string(),
  description: z.string(),
  payload: z.string(),
  currency: z.string(),
  amount: z.int(),
});

/** All that a simulator needs to go on where another one was. */
export const snapshot = z
  .object({
    version: z.literal(1),
    next_ids: z.record(z.string(), z.int()).describe("No smaller ids are given out"),
    people: z.array(profile.extend({ id: z.int(), blocked: z.boolean(), started: z.boolean(), messages })),
    groups: z.array(
      z.object({
        id: z.int(),
        title: z.string(),
        bot: botStatus,
        members: z.array(z.tuple([z.int(), memberStatus])),
        messages,
      }),
    ),
    files: z.array(
      z.object({
        kind: z.enum(["photo", "document", "video", "audio", "voice", "animation"]),
        name: z.string(),
        mime: z.string(),
        file_id: z.string(),
        file_unique_id: z.string(),
        path: z.string(),
        content: z.base64(),
      }),
    ),
    payments: z.object({
      messages: z.array(z.tuple([z.string(), offer])).describe("By chat and message"),
      links: z.array(z.tuple([z.string(), offer])),
      charges: z.array(
        z.object({ id: z.string(), person: z.int(), offer, date: z.int(), refunded: z.boolean() }),
      ),
    }),
    commands: z.array(z.tuple([z.string(), z.array(command)])).describe("By scope and language"),
    profile: z.array(z.tuple([z.string(), z.string()])).describe("By field and language"),
    undelivered: z
      .array(
        z.object({
          update_id: z.int(),
          type: z.string(),
          chat_id: z.int(),
          summary: z.string(),
          created: z.number(),
          queue: z.number(),
          expires: z.number(),
          body: z.string(),
        }),
      )
      .describe("Updates that wait for the bot"),
  })
  .meta({
    id: "Snapshot",
    description: "People, groups, messages, files, payments, what the bot says about itself, waiting updates",
  });

export type Snapshot = z.output<typeof snapshot>;

export function takeSnapshot(world: World) {
  const { people, groups, files, payments, commands, profile: texts, webhook, ledger, ids } = world;
  return {
    version: 1 as const,
    next_ids: ids.next(),
    people: people
      .all()
      .map(({ history, ...person }) => ({ ...person, messages: history.since(0).messages })),
    groups: groups.all().map(({ history, members, ...group }) => ({
      ...group,
      members: [...members],
      messages: history.since(0).messages,
    })),
    files: files.all().map((file) => ({ ...file, content: file.content.toString("base64") })),
    payments: payments.entries(),
    commands: commands.entries(),
    profile: texts.entries(),
    undelivered: webhook.undelivered().map(({ id, queue, expires, body }) => {
      const { type = "", chat_id = 0, summary = "", created = 0 } = ledger.get(id) ?? {};
      return { update_id: id, type, chat_id, summary, created, queue, expires, body };
    }),
  };
}

/** Forgets everything but the bot's webhook, and goes on from the snapshot. */
export function restoreSnapshot(world: World, state: Snapshot): void {
  const { people, groups, files, payments, commands, profile: texts, webhook, ledger, ids, events } = world;
  const fill = ({ history }: Conversation, messages: Snapshot["people"][number]["messages"]): void => {
    // What may be absent may be undefined for zod.
    for (const m of messages) history.put(m as Parameters<typeof history.put>[0]);
  };
  world.reset();
  ids.raise(state.next_ids);
  people.clear();
  for (const { messages, ...person } of state.people) {
    fill(people.put(person as Parameters<typeof people.put>[0]), messages);
  }
  for (const { messages, members, ...group } of state.groups) {
    fill(groups.put({ ...group, members: new Map(members) }), messages);
  }
  for (const file of state.files) files.put({ ...file, content: Buffer.from(file.content, "base64") });
  payments.restore(state.payments);
  commands.restore(state.commands);
  texts.restore(state.profile);
  for (const { queue, expires, body, ...entry } of state.undelivered) {
    ledger.created(entry);
    webhook.add({ id: entry.update_id, queue, expires, body });
  }
  events.publish("reset", {});
}
