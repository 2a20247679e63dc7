import { Api, Context, type Transformer } from "grammy";
import type { Update, UserFromGetMe } from "grammy/types";
import type { Cache } from "../cache/cache.ts";
import type { Call } from "../database/outbox.ts";
import type { Transaction } from "../database/pool.ts";
import type { Known, User } from "../database/users.ts";
import type { Log } from "../log.ts";
import type { Feature } from "../metric-labels.ts";
import { isApiMethod } from "./api.ts";
import type { Subject } from "./parse.ts";
import { translator, type Locale, type Translate } from "./texts.ts";

interface Extras {
  /** The transaction of this update: what is written here is written once, or not at all. */
  readonly tx: Transaction;
  /** The person, as read under the person's lock; undefined before the first /start, and after /delete_me. */
  readonly user: User | undefined;
  /** Who has deleted their profile, and can come back. */
  readonly gone: User | undefined;
  /** Whether the person is one of those who run the bot. */
  readonly admin: boolean;
  /** All of those. */
  readonly admins: readonly number[];
  /** Price of premium. */
  readonly premiumStars: number;
  readonly log: Log;
  readonly locale: Locale;
  readonly t: Translate;
  readonly cache: Cache;
  /** The feature that was asked last, so that which answers. */
  feature: Feature;
  /** Does what is of use only when the effects are committed. A crash in between loses it. */
  readonly afterCommit: (work: () => Promise<void>) => void;
  /** Aborted when the handler has taken too long; long work has to watch it. */
  readonly signal: AbortSignal;
}

export type BotContext = Context & Extras;

/** Stands for the result of a call that is made later: it does not exist yet, so reading it is a mistake. */
const later = new Proxy(
  {},
  {
    get: (_, property) => {
      // Promises look for this on whatever they resolve to.
      if (property === "then") return undefined;
      throw new Error(`a handler read "${String(property)}" of a call that is only made after the commit`);
    },
  },
);

/** Collects the calls of a handler instead of making them: they are committed with its effects. */
function collector(chatId: number, calls: Call[]): Transformer {
  return (_previous, method, payload) => {
    if (!isApiMethod(method)) {
      throw new Error(`a handler cannot call ${method}: it is not among the methods that the bot may call`);
    }
    const target: unknown = "chat_id" in payload ? payload.chat_id : chatId;
    if (typeof target !== "number") throw new Error(`${method} needs the number of a chat`);
    calls.push({ chatId: target, method, payload: JSON.stringify(payload) });
    // The type promises a result that cannot exist yet; `later` refuses every use of it.
    return Promise.resolve({ ok: true, result: later as never });
  };
}

interface ContextOptions {
  readonly update: Update;
  readonly subject: Subject;
  readonly me: UserFromGetMe;
  readonly tx: Transaction;
  readonly known: Known | undefined;
  readonly admins: readonly number[];
  readonly premiumStars: number;
  readonly cache: Cache;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What a handler leaves behind. */
export interface Wishes {
  /** Calls to be committed with the effects, and made then. */
  readonly calls: Call[];
  readonly afterCommit: (() => Promise<void>)[];
}

/** The context that handlers get, and the lists that their wishes are collected in. */
export function createContext({ update, subject, me, tx, known, ...given }: ContextOptions): {
  ctx: BotContext;
  wishes: Wishes;
} {
  const calls: Call[] = [];
  const afterCommit: Wishes["afterCommit"] = [];
  // Costs 2.5 us of CPU; one for all updates would have to find its list in some other way.
  const api = new Api("not-used");
  api.config.use(collector(subject.chatId, calls));
  const locale = known?.user.chosenLanguage ?? subject.locale;
  const [user, gone] = known?.deleted === true ? [undefined, known.user] : [known?.user, undefined];
  const admin = given.admins.includes(subject.userId);
  const extras: Extras = {
    ...{ ...given, tx, user, gone, admin, locale, t: translator(locale) },
    feature: "unknown",
    afterCommit: (work) => void afterCommit.push(work),
  };
  return { ctx: Object.assign(new Context(update, api, me), extras), wishes: { calls, afterCommit } };
}
