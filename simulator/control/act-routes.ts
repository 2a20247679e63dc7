import { z } from "zod";
import { publicGroup } from "../groups.ts";
import { publicPerson } from "../people.ts";
import type { PersonActions } from "../person-actions.ts";
import type { FormattedText } from "../text/html.ts";
import type { World } from "../world.ts";
import { route, type Route } from "./route.ts";
import { botStatus, group, groupId, inChat, personId, reply, updateId, upload, written } from "./schemas.ts";

const told = z.object({ update_id: updateId });
const messageId = { message_id: z.int() };

/** What people do: write, press, pay, and so on. */
export function actRoutes(world: World, actions: PersonActions): Route[] {
  const tellPerson = (id: number): void => world.events.publish("person", publicPerson(actions.find(id)));

  return [
    route({
      method: "POST",
      path: "people/:id/messages",
      summary: "Writes to the bot, or in a group",
      params: personId,
      body: z.strictObject({ text: z.string(), ...inChat, ...reply }),
      answer: written,
      handle: ({ params, body: { text, ...place } }) => actions.write(params.id, text, place),
    }),
    route({
      method: "POST",
      path: "people/:id/files",
      summary: "Sends files of at most 50 MB together; several become an album",
      params: personId,
      form: true,
      body: z.strictObject({
        files: z.array(upload).describe("Under any name"),
        as: z.enum(["document", "photo", "video", "audio", "voice", "animation"]).default("document"),
        caption: z.string().default(""),
        ...inChat,
        ...reply,
      }),
      answer: z.array(written),
      handle: ({ params, body: { files, ...options } }) => actions.upload(params.id, files, options),
    }),
    route({
      method: "POST",
      path: "people/:id/edit",
      summary: "Changes the text or caption of an own message",
      params: personId,
      body: z.strictObject({ ...messageId, text: z.string(), ...inChat }),
      answer: told,
      handle: ({ params, body }) => actions.edit(params.id, body.message_id, body.text, body.chat_id),
    }),
    route({
      method: "POST",
      path: "people/:id/press",
      summary: "Presses an inline button",
      params: personId,
      body: z.strictObject({ ...messageId, data: z.string(), ...inChat }),
      answer: z.object({ update_id: updateId, callback_query_id: z.string() }),
      handle: ({ params, body }) => actions.press(params.id, body.message_id, body.data, body.chat_id),
    }),
    route({
      method: "POST",
      path: "people/:id/react",
      summary: "Puts a reaction to a message, or takes it back",
      params: personId,
      body: z.strictObject({ ...messageId, emoji: z.string().nullable(), ...inChat }),
      answer: told,
      handle: ({ params, body }) => actions.react(params.id, body.message_id, body.emoji, body.chat_id),
    }),
    route({
      method: "POST",
      path: "people/:id/pay",
      summary:
        "Pays for an invoice, by its message or its link; answers when the bot has agreed or 10 s are over",
      params: personId,
      body: z.union([z.strictObject(messageId), z.strictObject({ link: z.string() })]),
      answer: z.discriminatedUnion("status", [
        z.object({ status: z.literal("paid"), charge_id: z.string(), message_id: z.int() }),
        z.object({ status: z.literal("refused"), error: z.string() }),
        z.object({ status: z.literal("expired") }),
      ]),
      handle: ({ params, body }) => actions.pay(params.id, body),
    }),
    route({
      method: "POST",
      path: "people/:id/inline",
      summary: "Asks the bot in inline mode; answers with what it offers, or after 10 s",
      params: personId,
      body: z.strictObject({ query: z.string(), offset: z.string().default(""), ...inChat }),
      answer: z.object({
        inline_query_id: z.string(),
        answered: z.boolean(),
        next_offset: z.string(),
        results: z.array(
          z.object({
            id: z.string(),
            type: z.string(),
            title: z.string(),
            description: z.string(),
            message: z.custom<FormattedText>().meta({ type: "object", description: "What would be written" }),
          }),
        ),
      }),
      handle: ({ params, body }) => actions.inline.ask(params.id, body),
    }),
    route({
      method: "POST",
      path: "people/:id/choose",
      summary: "Writes one of the things that the bot offered in inline mode",
      params: personId,
      body: z.strictObject({ inline_query_id: z.string(), result_id: z.string(), ...inChat }),
      answer: written,
      handle: ({ params, body }) =>
        actions.inline.choose(params.id, body.inline_query_id, body.result_id, body.chat_id),
    }),
    route({
      method: "POST",
      path: "people/:id/block",
      summary: "Blocks or unblocks the bot",
      params: personId,
      body: z.strictObject({ blocked: z.boolean() }),
      answer: told,
      handle({ params, body }) {
        const result = actions.block(params.id, body.blocked);
        tellPerson(params.id);
        return result;
      },
    }),
    route({
      method: "GET",
      path: "groups",
      summary: "Lists the groups",
      answer: z.array(group),
      handle: () => world.groups.all().map(publicGroup),
    }),
    route({
      method: "POST",
      path: "groups",
      summary: "Makes a group; the first of its members is its creator",
      body: z.strictObject({
        title: z.string().trim().min(1).max(128),
        members: z.array(z.int()).min(1),
        bot: botStatus.default("member"),
      }),
      answer: group,
      handle: ({ body: { title, members, bot } }) => actions.groups.create(title, members, bot),
    }),
    route({
      method: "PUT",
      path: "groups/:id/members/:person",
      summary: "Lets a person join, leave or be an administrator",
      params: groupId.extend({ person: z.coerce.number("must be a number").int() }),
      body: z.strictObject({ status: z.enum(["administrator", "member", "left"]) }),
      answer: group,
      handle({ params, body }) {
        actions.groups.setMember(params.id, params.person, body.status);
        return publicGroup(actions.group(params.id));
      },
    }),
    route({
      method: "PUT",
      path: "groups/:id/bot",
      summary: "Lets the bot in or out of a group, or changes its rights",
      params: groupId,
      body: z.strictObject({ status: botStatus }),
      answer: told,
      handle: ({ params, body }) => actions.groups.setBot(params.id, body.status),
    }),
  ];
}
