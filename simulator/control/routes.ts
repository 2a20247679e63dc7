import { z } from "zod";
import { createPersonActions, Refusal } from "../person-actions.ts";
import { publicPerson } from "../people.ts";
import type { World } from "../world.ts";

export interface ControlRequest {
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** The parsed JSON body, undefined when there is none. */
  readonly body: unknown;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  /** Answers JSON, or throws a Refusal. */
  handle(request: ControlRequest): unknown;
}

const LONGEST_WAIT_S = 60;

const name = z.string().trim().min(1).max(64);
const profile = z.strictObject({
  first_name: name,
  last_name: name.optional(),
  username: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{2,31}$/, "3 to 32 letters, digits and _, beginning with a letter")
    .optional(),
  language_code: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language such as "en"')
    .optional(),
});
const chatId = z.int().min(1);

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const problems = result.error.issues.map((i) => `${i.path.join(".") || "body"}: ${i.message}`);
  throw new Refusal(400, problems.join("; "));
}

function readNumber(text: string | null | undefined, what: string, fallback?: number): number {
  if ((text === null || text === undefined) && fallback !== undefined) return fallback;
  if (text === null || text === undefined || !/^\d{1,15}(\.\d+)?$/.test(text)) {
    throw new Refusal(400, `${what} must be a number`);
  }
  return Number(text);
}

/** The HTTP API by which tests and the page act as people, and look at what happened. */
export function controlRoutes(world: World): Route[] {
  const { people, ledger, sink, webhook } = world;
  const actions = createPersonActions(world);
  const person = (id: string | undefined): number => readNumber(id, "the person's id");

  const route = (method: string, path: string, handle: Route["handle"]): Route => ({
    method,
    path: new RegExp(`^/simulator/api/${path.replaceAll(":id", "([^/]+)")}$`),
    handle,
  });

  return [
    route("GET", "people", () => people.all().map(publicPerson)),
    route("POST", "people", ({ body }) => {
      const { first_name, ...rest } = read(profile, body);
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      const added = publicPerson(people.add({ first_name, ...given }));
      world.events.publish("person", added);
      return added;
    }),
    route("POST", "people/:id/messages", ({ params: [id], body }) => {
      const { text } = read(z.strictObject({ text: z.string() }), body);
      return actions.write(person(id), text);
    }),
    route("GET", "people/:id/messages", async ({ params: [id], query, signal }) => {
      const { history } = actions.find(person(id));
      const after = readNumber(query.get("after"), "after", 0);
      const wait = Math.min(readNumber(query.get("wait"), "wait", 0), LONGEST_WAIT_S);
      // A revision from before a reset or restart says nothing.
      const rev = after > history.since(0).rev ? 0 : after;
      if (wait > 0) await history.wait(rev, AbortSignal.any([signal, AbortSignal.timeout(wait * 1000)]));
      return history.since(rev);
    }),
    route("POST", "people/:id/press", ({ params: [id], body }) => {
      const { message_id, data } = read(z.strictObject({ message_id: z.int(), data: z.string() }), body);
      return actions.press(person(id), message_id, data);
    }),
    route("POST", "people/:id/block", ({ params: [id], body }) => {
      const { blocked } = read(z.strictObject({ blocked: z.boolean() }), body);
      const result = actions.block(person(id), blocked);
      world.events.publish("person", publicPerson(actions.find(person(id))));
      return result;
    }),
    route("GET", "people/:id/commands", ({ params: [id] }) =>
      world.commands.seenBy(actions.find(person(id))),
    ),
    route("GET", "bot", () => ({
      id: world.bot.id,
      first_name: world.bot.first_name,
      username: world.bot.username,
      webhook: world.webhookState(),
      pending: webhook.info().pending,
    })),
    route("GET", "updates", ({ query }) =>
      ledger.newest(Math.min(Math.max(1, Math.floor(readNumber(query.get("limit"), "limit", 100))), 1000)),
    ),
    route("GET", "updates/:id", ({ params: [id] }) => actions.story(readNumber(id, "the update's id"))),
    route("GET", "stats", () => ledger.stats()),
    route("PUT", "sink", ({ body }) => {
      const { from, to } = read(z.strictObject({ from: chatId, to: chatId }), body);
      if (from > to) throw new Refusal(400, `from (${from}) must not be greater than to (${to})`);
      sink.set(from, to);
      return { from, to };
    }),
    route("DELETE", "state", () => {
      world.reset();
      return { ok: true };
    }),
  ];
}
