import { createBotApi } from "../api/bot-api.ts";
import { botOf } from "../bot.ts";
import type { Outcome } from "../delivery/scheduler.ts";
import { fakeClock } from "../fake-clock.ts";
import { createPersonActions } from "../person-actions.ts";
import { createWorld } from "../world.ts";

export const TEST_TOKEN = `123456789:${"A".repeat(35)}`;

/** A parsed answer of the Bot API. */
export interface ApiAnswer {
  readonly status: number;
  readonly [key: string]: unknown;
}

/** For tests: the answer of the Bot API to a call that it refuses. */
export const refused = (description: string, error_code = 400) => ({
  status: error_code,
  ok: false,
  error_code,
  description,
});

/** For tests: a simulator without network and real time, and a bot that answers 200 to every update. */
export function testWorld(
  respond: (update: string) => Partial<Extract<Outcome, { kind: "answer" }>> = () => ({}),
) {
  const clock = fakeClock();
  /** The updates that the bot got, as JSON. */
  const received: string[] = [];
  const world = createWorld({
    clock,
    bot: botOf(TEST_TOKEN),
    connect: () => ({
      post(body) {
        received.push(body);
        return Promise.resolve({
          kind: "answer",
          status: 200,
          reason: "OK",
          retryAfter: 0,
          contentType: "application/json",
          body: Buffer.alloc(0),
          keepAlive: true,
          ...respond(body),
        });
      },
      close: () => undefined,
      address: () => undefined,
    }),
  });
  const api = createBotApi(world);
  const actions = createPersonActions(world);
  const [ada] = world.people.all();
  if (ada === undefined) throw new Error("nobody is there");
  return {
    world,
    clock,
    actions,
    api,
    ada,
    received: (): unknown[] => received.map((body) => JSON.parse(body) as unknown),
    call: (method: string, args: Record<string, unknown> = {}): ApiAnswer => {
      const { status, body } = api.execute(method, args, undefined);
      const parsed: unknown = JSON.parse(body);
      return { status, ...(typeof parsed === "object" ? parsed : {}) };
    },
    setWebhook: (args: Record<string, unknown> = {}): void => {
      api.execute("setWebhook", { url: "https://bot.example.org/hook", ...args }, undefined);
    },
  };
}
