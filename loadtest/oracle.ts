/** Something that happened in a chat. */
export interface Happening {
  readonly id: number;
  readonly chat: number;
}

/** What a run leaves behind, each in the order in which it happened. */
export interface History {
  /** Updates that were sent, each once, however often it was tried: to count the tries would hide doubles. */
  readonly attempts: readonly Happening[];
  /** Ids of the updates that were answered 2xx. */
  readonly acknowledged: readonly number[];
  /** What updates did to the database; the id is that of the update. */
  readonly effects: readonly Happening[];
  /** Messages that were committed with an effect, in the order in which they have to leave. */
  readonly messages: readonly Happening[];
  /** Ids of messages that need not arrive, such as the answer to a press on a button that came too late. */
  readonly excused: readonly number[];
  /** Messages as they arrived at Telegram. */
  readonly sends: readonly Happening[];
}

/** Ids of what was not done, done again, done though nobody asked, and done before something that was asked earlier. */
export interface Differences {
  readonly lost: readonly number[];
  readonly duplicated: readonly number[];
  readonly unexpected: readonly number[];
  readonly reordered: readonly number[];
}

export interface Judgement {
  readonly effects: Differences;
  readonly messages: Differences;
  /** Updates that were done though nobody learnt of it: allowed, since they come again. */
  readonly recovered: readonly number[];
}

/** Compares what was asked for, and of that what must be there, with what is there. Order counts within a chat. */
function compare(
  asked: readonly Happening[],
  required: readonly number[],
  found: readonly Happening[],
): Differences {
  const places = new Map(asked.map(({ id }, place) => [id, place]));
  const seen = new Set<number>();
  const furthest = new Map<number, number>();
  const duplicated: number[] = [];
  const unexpected: number[] = [];
  const reordered: number[] = [];
  for (const { id, chat } of found) {
    const place = places.get(id);
    if (place === undefined) unexpected.push(id);
    else if (seen.has(id)) duplicated.push(id);
    else if (place < (furthest.get(chat) ?? 0)) reordered.push(id);
    else furthest.set(chat, place);
    seen.add(id);
  }
  return { lost: required.filter((id) => !seen.has(id)), duplicated, unexpected, reordered };
}

/** Whether each acknowledged update had its effect once, and each message arrived once, both in order. */
export function judge(history: History): Judgement {
  const { attempts, acknowledged, effects, messages, excused, sends } = history;
  const answered = new Set(acknowledged);
  const done = new Set(effects.map(({ id }) => id));
  const forgiven = new Set(excused);
  return {
    effects: compare(attempts, acknowledged, effects),
    messages: compare(
      messages,
      messages.flatMap(({ id }) => (forgiven.has(id) ? [] : [id])),
      sends,
    ),
    recovered: attempts.flatMap(({ id }) => (done.has(id) && !answered.has(id) ? [id] : [])),
  };
}

/** Why a history proves nothing; undefined when it does. With no updates, none is lost. */
export function invalid({ attempts, acknowledged }: History, least: number): string | undefined {
  const open = attempts.length - new Set(acknowledged).size;
  if (open > 0) return `${open} updates were never acknowledged`;
  if (acknowledged.length < least)
    return `only ${acknowledged.length} updates were acknowledged, ${least} are needed`;
  return undefined;
}
