import { setTimeout as pause } from "node:timers/promises";
import {
  claim,
  createNotes,
  expirySeconds,
  leaseBudget,
  type Entry,
  type Result,
} from "../database/outbox.ts";
import { findFile } from "../database/files.ts";
import type { Database } from "../database/pool.ts";
import type { Log } from "../log.ts";
import type { ApiMethod } from "../metric-labels.ts";
import { callLimit, isApiMethod, uploadLimit, type ApiAnswer, type TelegramApi } from "./api.ts";
import { storedFileOf, type FileReference } from "./stored-file.ts";

export interface Sender {
  /** Makes the calls of one chat, in order, that the caller has leased, and takes note of what became of them. */
  send(entries: readonly Entry[]): Promise<void>;
  /**
   * Leases what waits for the chat, and sends it. While another replica is at the chat it tries again for
   * `patience` milliseconds, and then leaves it to the worker.
   */
  sendWaiting(chatId: number, patience: number): Promise<void>;
}

/** A button's spinner stops by itself; an answer that comes later than this is refused by Telegram. */
const answerExpirySeconds = 20;

/** Seconds until the next try after `attempts` failures: 1, 2, 4 ... 300, with some spread. */
function backoff(attempts: number): number {
  return Math.min(2 ** attempts, 300) * (0.8 + Math.random() * 0.4);
}

/** Pressing the same button twice asks for what is there already, and some answers simply come too late. */
function harmless(answer: ApiAnswer): boolean {
  return (
    !answer.ok &&
    answer.code === 400 &&
    /message is not modified|query is too old|message to (edit|delete) not found/i.test(answer.description)
  );
}

export function createSender(database: Database, api: TelegramApi, log: Log): Sender {
  const note = createNotes(database);

  async function upload(method: ApiMethod, reference: FileReference): Promise<ApiAnswer> {
    const { id, field, rest } = reference;
    try {
      const file = await findFile(database, id);
      if (file !== undefined) return await api.upload(method, rest, field, file);
      return { ok: false, code: 400, description: "the file is not kept any more", retryAfter: undefined };
    } catch (error) {
      return { ok: false, code: "network", description: String(error), retryAfter: undefined };
    }
  }

  async function send(entries: readonly Entry[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    const end = performance.now() + leaseBudget;
    const sent: number[] = [];
    const refused: Result["refused"][number][] = [];
    const files: number[] = [];
    let left: number[] = [];
    let delaySeconds = 0;
    let blocked = false;

    for (const [index, { id, method, payload, attempts, ageSeconds }] of entries.entries()) {
      const late = ageSeconds > (method === "answerCallbackQuery" ? answerExpirySeconds : expirySeconds);
      if (late || !isApiMethod(method)) {
        refused.push({ id, error: late ? "too old" : "unknown method" });
        continue;
      }
      const reference = storedFileOf(method, payload);
      const inTime = performance.now() + (reference === undefined ? callLimit : uploadLimit) <= end;
      const answer: ApiAnswer = !inTime
        ? { ok: false, code: "network", description: "out of time", retryAfter: 1 }
        : await (reference === undefined ? api.call(method, payload) : upload(method, reference));
      if (answer.ok || harmless(answer)) {
        sent.push(id);
      } else if (
        typeof answer.code === "number" &&
        answer.code < 500 &&
        ![401, 404, 409, 429].includes(answer.code)
      ) {
        blocked ||= answer.code === 403;
        refused.push({ id, error: `${answer.code} ${answer.description}` });
        log.warn(
          { chat: first.chatId, method, code: answer.code, why: answer.description },
          "a call was refused",
        );
      } else {
        // A wrong token (401, 404) is an error of the operator: the messages wait until it is mended.
        left = entries.slice(index).map((entry) => entry.id);
        delaySeconds = answer.retryAfter ?? backoff(attempts);
        log.warn(
          { chat: first.chatId, method, code: answer.code, why: answer.description, delaySeconds },
          "a call failed and waits",
        );
        break;
      }
      if (reference !== undefined) files.push(reference.id);
    }
    await note({ chatId: first.chatId, sent, refused, left, delaySeconds, files, blocked });
  }

  async function sendWaiting(chatId: number, patience: number): Promise<void> {
    const end = performance.now() + patience;
    for (;;) {
      const { entries, busy } = await claim(database, chatId);
      if (!busy || performance.now() > end) return send(entries);
      await pause(100);
    }
  }

  return { send, sendWaiting };
}
