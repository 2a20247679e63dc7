import type { World } from "../world.ts";
import { readArguments, text, type Arguments } from "./arguments.ts";
import { callbackMethods } from "./callbacks.ts";
import { commandMethods } from "./commands.ts";
import { copyMethods } from "./copy.ts";
import { editMethods } from "./edit.ts";
import { ApiError, tooManyRequests } from "./error.ts";
import { readPoll } from "./get-updates.ts";
import { inlineMethods } from "./inline.ts";
import { mediaMethods } from "./media.ts";
import { memberMethods } from "./members.ts";
import { messageMethods } from "./messages.ts";
import { Described, type Method } from "./method.ts";
import { paymentMethods } from "./payments.ts";
import { profileMethods } from "./profile.ts";
import { reactionMethods } from "./reactions.ts";
import { removeMethods } from "./remove.ts";
import { webhookMethods } from "./webhook.ts";

/** All but getUpdates. */
const all: Readonly<Record<string, Method>> = {
  getMe: ({ world }) => world.bot,
  ...webhookMethods,
  ...messageMethods,
  ...mediaMethods,
  ...editMethods,
  ...copyMethods,
  ...removeMethods,
  ...reactionMethods,
  ...memberMethods,
  ...callbackMethods,
  ...commandMethods,
  ...profileMethods,
  ...inlineMethods,
  ...paymentMethods,
};

export const knownMethods: readonly string[] = ["getUpdates", ...Object.keys(all)];

/** Telegram does not mind the case of a method's name. */
const methods = new Map(Object.entries(all).map(([name, run]) => [name.toLowerCase(), { name, run }]));

/** These are not executed when they come in the response of a webhook. */
const notInResponse = /^(?:get.*|setwebhook|deletewebhook|close|logout)$/;

/** An answer of the Bot API; `body` is JSON. */
export interface Envelope {
  readonly status: number;
  readonly body: string;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number;
}

export function createBotApi(world: World) {
  function execute(name: string, args: Arguments, update: number | undefined): Envelope {
    const method = methods.get(name.toLowerCase());
    const started = world.clock.now();
    let envelope: Envelope;
    try {
      if (method === undefined) throw new ApiError(404, "Not Found: method not found");
      world.ledger.called(method.name);
      const wait = world.faults.active().flood?.(name, Number(text(args, "chat_id"))) ?? 0;
      if (wait > 0) throw tooManyRequests(wait);
      const value = method.run({ world, args, update });
      const answer =
        value instanceof Described
          ? { result: value.result, description: value.description }
          : { result: value };
      envelope = { status: 200, body: JSON.stringify({ ok: true, ...answer }) };
      world.sink.noteMark(text(args, "text"));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      envelope = failed(error);
    }
    const chat = Number(text(args, "chat_id"));
    if (!world.sink.has(chat)) {
      world.events.publish("call", {
        method: method?.name ?? name.slice(0, 64),
        at: started,
        ms: world.clock.now() - started,
        status: envelope.status,
        ...(Number.isSafeInteger(chat) && chat !== 0 ? { chat_id: chat } : {}),
        ...(envelope.status === 200 ? {} : { body: envelope.body }),
      });
    }
    return envelope;
  }

  /** getUpdates is the only method that may wait. Answers that are no errors make no events: there are too many. */
  async function getUpdates(args: Arguments, signal: AbortSignal): Promise<Envelope> {
    const at = world.clock.now();
    world.ledger.called("getUpdates");
    try {
      return { status: 200, body: await readPoll(world, args, signal) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { status, body } = failed(error);
      world.events.publish("call", { method: "getUpdates", at, ms: world.clock.now() - at, status, body });
      return { status, body };
    }
  }

  // The bot never learns what became of such a call; the page shows it among the calls.
  world.onReply(({ body, contentType }, update) => {
    const args = readReply(contentType, body);
    const method = text(args, "method");
    if (method !== "" && !notInResponse.test(method.toLowerCase())) execute(method, args, update);
  });

  return { execute, getUpdates };
}

/** Most bots answer something that is no call, such as "OK". */
function readReply(contentType: string, body: Buffer): Arguments {
  try {
    return readArguments("", { "content-type": contentType }, body);
  } catch {
    return {};
  }
}

export type BotApi = ReturnType<typeof createBotApi>;

export const failed = ({
  code,
  message,
  retryAfter,
}: Pick<ApiError, "code" | "message" | "retryAfter">): Envelope => ({
  status: code,
  body: JSON.stringify({
    ok: false,
    error_code: code,
    description: message,
    ...(retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } }),
  }),
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
