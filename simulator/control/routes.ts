import { z } from "zod";
import { createPersonActions } from "../person-actions.ts";
import { Refusal } from "../refusal.ts";
import { publicPerson } from "../people.ts";
import type { SnapshotFile } from "../snapshot-file.ts";
import type { World } from "../world.ts";
import { actRoutes } from "./act-routes.ts";
import { faultRoutes } from "./fault-routes.ts";
import { route, type Route } from "./route.ts";
import { stateRoutes } from "./state-routes.ts";
import {
  command,
  groupId,
  message,
  person,
  personId,
  profile,
  stats,
  story,
  upload,
  webhookState,
} from "./schemas.ts";

const LONGEST_WAIT_S = 60;

const seconds = z.coerce.number("must be a number").min(0);
const chatId = z.int().min(1);
const range = z.strictObject({ from: chatId, to: chatId });

/** The HTTP API by which tests and the page act as people, and look at what happened. */
export function controlRoutes(world: World, file: SnapshotFile | undefined): Route[] {
  const { people, ledger, sink, webhook } = world;
  const actions = createPersonActions(world);

  return [
    ...faultRoutes(world),
    ...stateRoutes(world, file),
    route({
      method: "GET",
      path: "people",
      summary: "Lists the people",
      answer: z.array(person),
      handle: () => people.all().map(publicPerson),
    }),
    route({
      method: "POST",
      path: "people",
      summary: "Adds a person",
      body: profile,
      answer: person,
      handle({ body: { first_name, ...rest } }) {
        const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
        const added = publicPerson(people.add({ first_name, ...given }));
        world.events.publish("person", added);
        return added;
      },
    }),
    ...actRoutes(world, actions),
    ...["people/:id/messages", "groups/:id/messages"].map((path) =>
      route({
        method: "GET",
        path,
        summary: "Reads the chat as people see it: what changed after a revision, waiting for it if asked",
        params: path.startsWith("groups") ? groupId : personId,
        query: z.strictObject({
          after: z.coerce.number("must be a number").default(0).describe("The rev that was seen last"),
          wait: seconds.default(0).describe(`Seconds to wait for a change, at most ${LONGEST_WAIT_S}`),
        }),
        answer: z.object({ rev: z.int(), messages: z.array(message) }),
        async handle({ params, query: { after, wait }, signal }) {
          const { history } = actions.conversation(params.id);
          // A revision from before a reset or restart says nothing.
          const rev = after > history.since(0).rev ? 0 : after;
          if (wait > 0) {
            const patience = AbortSignal.timeout(Math.min(wait, LONGEST_WAIT_S) * 1000);
            await history.wait(rev, AbortSignal.any([signal, patience]));
          }
          return history.since(rev);
        },
      }),
    ),
    route({
      method: "GET",
      path: "people/:id/commands",
      summary: "The menu of commands that the person sees",
      params: personId,
      answer: z.array(command),
      handle: ({ params }) => world.commands.seenBy(actions.find(params.id)),
    }),
    route({
      method: "GET",
      path: "bot",
      summary: "The bot, its webhook, and how many updates wait for it",
      answer: z.object({
        id: z.int(),
        first_name: z.string(),
        username: z.string(),
        webhook: webhookState,
        pending: z.int(),
      }),
      handle: () => ({
        id: world.bot.id,
        first_name: world.bot.first_name,
        username: world.bot.username,
        webhook: world.webhookState(),
        pending: webhook.info().pending,
      }),
    }),
    route({
      method: "GET",
      path: "updates",
      summary: "The stories of the newest updates, oldest first",
      query: z.strictObject({
        limit: z.coerce.number("must be a number").int().min(1).max(1000).default(100),
      }),
      answer: z.array(story),
      handle: ({ query }) => ledger.newest(query.limit),
    }),
    route({
      method: "GET",
      path: "updates/:id",
      summary: "The story of one update",
      params: z.object({ id: z.coerce.number("must be a number").int().describe("An update_id") }),
      answer: story,
      handle: ({ params }) => actions.story(params.id),
    }),
    route({
      method: "GET",
      path: "stats",
      summary: "Counts and latencies since the start or the last reset",
      answer: stats,
      handle: () => ({
        ...ledger.stats(),
        openai: world.aiUsage.counts(),
        faults: world.faults.counts(),
      }),
    }),
    route({
      method: "PUT",
      path: "sink",
      summary: "Makes the Bot API accept, count and forget what is sent to a range of chats, for load tests",
      body: range.extend({
        marks: z.boolean().default(false).describe("Keeps the last line of each text that the bot sends"),
      }),
      answer: range,
      handle({ body: { from, to, marks } }) {
        if (from > to) throw new Refusal(400, `from (${from}) must not be greater than to (${to})`);
        sink.set(from, to, marks);
        return { from, to };
      },
    }),
    route({
      method: "POST",
      path: "sink/files",
      summary: "Keeps a file for updates that a load test posts to the bot",
      form: true,
      body: z.strictObject({ files: z.array(upload).length(1).describe("Under any name") }),
      answer: z.object({ file_id: z.string() }),
      handle({ body: { files: given } }) {
        const [file] = given;
        if (file === undefined) throw new Refusal(400, "there is no file in the request");
        return { file_id: world.files.add("document", file).file_id };
      },
    }),
    route({
      method: "GET",
      path: "sink/documents",
      summary: "Documents that the bot sent to the range since it was set, in milliseconds since the epoch",
      answer: z.array(z.object({ chat_id: z.int(), at: z.int() })),
      handle: () => [...sink.documents()],
    }),
    route({
      method: "GET",
      path: "sink/marks",
      summary: "The last lines of what the bot sent since the range was set with `marks`, in that order",
      answer: z.array(z.string()),
      handle: () => [...sink.marks()],
    }),
  ];
}
