import { setTimeout as pause } from "node:timers/promises";
import type { MiddlewareFn } from "grammy";
import type { Update, UserFromGetMe } from "grammy/types";
import type { Cache } from "../cache/cache.ts";
import { takeDeadLetter } from "../database/dead-letters.ts";
import { blameless, DatabaseUnavailable, worthRepeating } from "../database/errors.ts";
import { addCalls, callTo, parseEntries, selectWaiting, type Entry } from "../database/outbox.ts";
import type { Database, Statement, Transaction } from "../database/pool.ts";
import { receive } from "../database/receipts.ts";
import { parseUser, selectUser, touchUser, type Known } from "../database/users.ts";
import type { Log } from "../log.ts";
import {
  handlers,
  type Feature,
  type Handler,
  type handlerOutcomes,
  type UpdateOutcome,
} from "../metric-labels.ts";
import type { Metrics } from "../metrics.ts";
import { createContext, type BotContext, type Wishes } from "./context.ts";
import { noticeCalls, type MaintenanceWatch, type Notice } from "./maintenance.ts";
import { tellsOfMoney, type Subject } from "./parse.ts";
import type { Sender } from "./sender.ts";
import { storable, translator } from "./texts.ts";

interface Options {
  readonly database: Database;
  readonly sender: Sender;
  /** Counts one more failure of an update, and says how many there were. */
  readonly failures: (updateId: number) => Promise<number>;
  readonly handler: MiddlewareFn<BotContext>;
  readonly maintenance: Pick<MaintenanceWatch, "notice">;
  readonly me: () => UserFromGetMe;
  readonly admins: readonly number[];
  readonly premiumStars: number;
  readonly cache: Cache;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds that a handler may take. */
  readonly handlerLimit: number;
}

export interface UnitOfWork {
  /** Does an update once, whatever happens and however often it is delivered. Never throws. */
  run(update: Update, subject: Subject): Promise<UpdateOutcome>;
  /**
   * Does an update that was given up, once more and once only: false when it is not, or no longer, among the dead
   * letters. Throws what the handler throws; then it stays there.
   */
  replay(update: Update, subject: Subject): Promise<boolean>;
  /** Resolves when nothing is being sent any more. */
  settled(): Promise<void>;
}

/** Failures of one update after which it is given up, so that the chat goes on. */
const poisonous = 5;
/** Milliseconds that an acknowledgement waits for its messages to leave; they are safe in the outbox by then. */
const sendPatience = 2000;

class HandlerTimeout extends Error {}

const asStorable = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? storable(value) : value;

/** By whom an update is answered: a command by its own name, whichever feature does it. */
function handlerOf({ message }: Update, feature: Feature): Handler {
  const command = /^\/\w+/.exec(message?.text ?? "")?.[0];
  return handlers.find((known) => known === command) ?? feature;
}

export function createUnitOfWork(options: Options): UnitOfWork {
  const { database, sender, maintenance, admins, metrics, log } = options;
  const sending = new Set<Promise<void>>();
  const lanes = new Map<number, Promise<unknown>>();

  interface Opened {
    readonly tx: Transaction;
    readonly fresh: boolean;
    readonly known: Known | undefined;
    /** Calls of earlier updates wait for the chat: ours have to queue behind them. */
    readonly waiting: boolean;
  }

  /** `claim` says whether it is ours to do. */
  async function open(
    { updateId, userId, chatId }: Subject,
    claim: Statement = receive(updateId, userId),
  ): Promise<Opened> {
    // After the lock nobody else works for this person, on any replica.
    const { tx, rows } = await database.begin(userId, [claim, selectUser(userId), selectWaiting(chatId)]);
    try {
      const [claimed, user, waiting] = rows;
      return {
        tx,
        fresh: claimed?.[0]?.["fresh"] === true,
        known: user?.[0] && parseUser(user[0]),
        waiting: waiting?.[0]?.["waiting"] === true,
      };
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }

  /** Sends in the background, and waits for it as long as an acknowledgement may wait. */
  async function deliver(
    subject: Subject,
    entries: readonly Entry[],
    chats: Iterable<number>,
  ): Promise<void> {
    const work = Promise.all([
      sender.send(entries),
      ...[...chats].map((chat) => sender.sendWaiting(chat, sendPatience)),
    ]).then(
      () => undefined,
      (error: unknown) =>
        log.warn({ update_id: subject.updateId, err: error }, "sending failed; the worker will send"),
    );
    sending.add(work);
    void work.finally(() => sending.delete(work));
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, sendPatience)))]);
    clearTimeout(timer);
  }

  /** Commits with the calls to be made, then makes them, and does what has to wait for the commit. */
  async function finish(
    { tx, waiting }: Opened,
    subject: Subject,
    { calls, afterCommit }: Readonly<Wishes>,
    statements: readonly Statement[],
  ): Promise<void> {
    const leased = waiting ? undefined : subject.chatId;
    const last = calls.length === 0 ? [] : [addCalls(subject.updateId, calls, leased)];
    const rows = await tx.commit([...statements, ...last]);
    for (const work of afterCommit) {
      await work().catch((error: unknown) =>
        log.warn({ update_id: subject.updateId, err: error }, "what follows the commit failed"),
      );
    }
    if (calls.length === 0) return;
    const own = parseEntries(rows[statements.length] ?? []).filter(({ chatId }) => chatId === leased);
    await deliver(subject, own, new Set(calls.map(({ chatId }) => chatId).filter((chat) => chat !== leased)));
  }

  async function handle(update: Update, subject: Subject, { tx, known }: Opened): Promise<Wishes> {
    const limit = new AbortController();
    const { ctx, wishes } = createContext({
      update,
      subject,
      me: options.me(),
      tx,
      known,
      admins,
      premiumStars: options.premiumStars,
      cache: options.cache,
      log,
      signal: limit.signal,
    });
    const stop = metrics.handlerDuration.startTimer();
    const ended = (outcome: (typeof handlerOutcomes)[number]) => {
      const handler = handlerOf(update, ctx.feature);
      stop({ handler });
      metrics.handled.inc({ handler, outcome });
    };
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        options.handler(ctx, () => Promise.resolve()),
        new Promise((_, reject) => {
          timer = setTimeout(() => {
            limit.abort();
            reject(new HandlerTimeout());
          }, options.handlerLimit);
        }),
      ]);
      ended("ok");
      return wishes;
    } catch (cause) {
      const hangs = cause instanceof HandlerTimeout && tx.overdue();
      const error = hangs ? new DatabaseUnavailable("timeout", cause) : cause;
      if (error instanceof HandlerTimeout) ended("timeout");
      else ended(error instanceof DatabaseUnavailable ? "unavailable" : "error");
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async function once(
    update: Update,
    subject: Subject,
    notice: Notice | undefined,
    progress: { begun: boolean },
  ): Promise<UpdateOutcome> {
    const opened = await open(subject);
    progress.begun = true;
    if (!opened.fresh) {
      await opened.tx.commit();
      metrics.receiptsDuplicates.inc();
      // The first delivery may have died before its messages left.
      if (opened.waiting) await deliver(subject, [], [subject.chatId]);
      return "duplicate";
    }
    if (notice !== undefined) {
      const locale = opened.known?.user.chosenLanguage ?? subject.locale;
      await finish(opened, subject, { calls: noticeCalls(subject, locale, notice), afterCommit: [] }, []);
      return "maintenance";
    }
    let wishes: Wishes;
    try {
      wishes = await handle(update, subject, opened);
    } catch (error) {
      await opened.tx.rollback();
      throw error;
    }
    const { userId, username, locale, type } = subject;
    // Blocking the bot is no sign of life.
    const here = opened.known?.stale === true && type !== "my_chat_member";
    const touch = here ? [touchUser(userId, username, locale)] : [];
    await finish(opened, subject, wishes, touch);
    return "ok";
  }

  /** Keeps the receipt without the effects, and tells the person. */
  async function giveUp(
    subject: Subject,
    text: string,
    statements: readonly Statement[] = [],
  ): Promise<void> {
    const opened = await open(subject);
    if (!opened.fresh) {
      await opened.tx.commit();
      return;
    }
    const { chatId, callbackId } = subject;
    const calls = [callTo(chatId, "sendMessage", { text: translator(subject.locale)(text) })];
    if (callbackId !== undefined) {
      const payload = JSON.stringify({ callback_query_id: callbackId });
      calls.unshift({ chatId, method: "answerCallbackQuery", payload });
    }
    await finish(opened, subject, { calls, afterCommit: [] }, statements);
  }

  async function failed(
    update: Update,
    subject: Subject,
    cause: unknown,
    begun: boolean,
  ): Promise<UpdateOutcome> {
    const line = { update_id: subject.updateId, err: cause };
    try {
      if (cause instanceof HandlerTimeout) {
        log.error(line, "a handler took too long");
        await giveUp(subject, "error-timeout");
        return "timeout";
      }
      if (!(cause instanceof DatabaseUnavailable)) {
        log.error(line, "a handler failed");
        await giveUp(subject, "error-unexpected");
        return "error";
      }
    } catch (error) {
      log.warn({ update_id: subject.updateId, err: error }, "the failure could not be recorded");
    }
    // A database that is away, full or locked meanwhile is no fault of the update; only what fails with it open counts.
    if (!begun || blameless(cause) || (await options.failures(subject.updateId)) < poisonous) {
      log.warn(line, "the update goes back to Telegram");
      return "unavailable";
    }
    try {
      await giveUp(subject, "error-unexpected", [
        {
          sql:
            "INSERT INTO dead_letters (update_id, user_id, body, error) VALUES ($1, $2, $3, $4) " +
            "ON CONFLICT DO NOTHING",
          values: [subject.updateId, subject.userId, JSON.stringify(update, asStorable), String(cause)],
        },
      ]);
    } catch (error) {
      log.warn({ update_id: subject.updateId, err: error }, "the dead letter could not be written");
      return "unavailable";
    }
    metrics.deadLetters.inc();
    log.error(line, "the update failed too often and was given up");
    return "dead";
  }

  async function work(update: Update, subject: Subject): Promise<UpdateOutcome> {
    // What was paid is noted all the same.
    const works = admins.includes(subject.userId) || tellsOfMoney(update);
    const notice = works ? undefined : await maintenance.notice(subject.userId);
    for (let attempt = 1; ; attempt += 1) {
      const progress = { begun: false };
      try {
        return await once(update, subject, notice, progress);
      } catch (error) {
        if (!worthRepeating(error) || attempt === 3) return failed(update, subject, error, progress.begun);
        await pause(20 + Math.random() * 80);
      }
    }
  }

  return {
    run: (update, subject) => {
      // The lock in the database decides; waiting for it here as well keeps connections free meanwhile.
      const before = lanes.get(subject.userId) ?? Promise.resolve();
      const mine = before.then(() => work(update, subject));
      const settled = mine
        .catch(() => undefined)
        .then(() => {
          if (lanes.get(subject.userId) === settled) lanes.delete(subject.userId);
        });
      lanes.set(subject.userId, settled);
      return mine;
    },
    replay: async (update, subject) => {
      const opened = await open(subject, takeDeadLetter(subject.updateId));
      try {
        if (!opened.fresh) {
          await opened.tx.rollback();
          return false;
        }
        await finish(opened, subject, await handle(update, subject, opened), []);
        return true;
      } catch (error) {
        await opened.tx.rollback();
        throw error;
      }
    },
    settled: async () => {
      await Promise.all(sending);
    },
  };
}
