import fc from "fast-check";
import { expect, it } from "vitest";
import { invalid, judge, type Happening, type History } from "./oracle.ts";

const nothing = { lost: [], duplicated: [], unexpected: [], reordered: [] };
/** Three updates of two chats, each with a message of ten times its id. */
const updates: readonly Happening[] = [
  { id: 1, chat: 7 },
  { id: 2, chat: 8 },
  { id: 3, chat: 7 },
];
const messages = updates.map(({ id, chat }) => ({ id: id * 10, chat }));
const good: History = {
  attempts: updates,
  acknowledged: [1, 2, 3],
  effects: updates,
  messages,
  excused: [],
  sends: messages,
};
const at = (from: readonly Happening[], ...places: number[]): Happening[] =>
  places.flatMap((place) => from[place] ?? []);

it("finds nothing wrong with a history in which everything happened once", () => {
  expect(judge(good)).toEqual({ effects: nothing, messages: nothing, recovered: [] });
});

it("calls an update lost that was acknowledged and did nothing", () => {
  expect(judge({ ...good, effects: at(updates, 0, 2) }).effects).toEqual({ ...nothing, lost: [2] });
});

it("takes an update for recovered that was done and never acknowledged, and for nothing when it was not done", () => {
  expect(judge({ ...good, acknowledged: [1, 3] })).toEqual({
    effects: nothing,
    messages: nothing,
    recovered: [2],
  });
  expect(judge({ ...good, acknowledged: [1, 3], effects: at(updates, 0, 2) }).effects).toEqual(nothing);
});

it("calls an update duplicated as often as it was done too much", () => {
  const { effects } = judge({ ...good, effects: at(updates, 0, 1, 1, 2, 1) });
  expect(effects).toEqual({ ...nothing, duplicated: [2, 2] });
});

it("calls an effect unexpected that no update asked for", () => {
  const { effects } = judge({ ...good, effects: [...updates, { id: 99, chat: 7 }] });
  expect(effects).toEqual({ ...nothing, unexpected: [99] });
});

it("calls an effect reordered that came after one of a later update of the chat, and not of another chat", () => {
  expect(judge({ ...good, effects: at(updates, 2, 0, 1) }).effects).toEqual({ ...nothing, reordered: [1] });
  expect(judge({ ...good, effects: at(updates, 1, 0, 2) }).effects).toEqual(nothing);
});

it("tells the same of messages, and lets those be missing that are excused", () => {
  const found = (sends: readonly Happening[], excused: number[] = []) =>
    judge({ ...good, sends, excused }).messages;
  expect(found(at(messages, 0, 1))).toEqual({ ...nothing, lost: [30] });
  expect(found(at(messages, 0, 1), [30])).toEqual(nothing);
  expect(found(at(messages, 0, 1, 2, 2))).toEqual({ ...nothing, duplicated: [30] });
  expect(found(at(messages, 2, 1, 0))).toEqual({ ...nothing, reordered: [10] });
  expect(found([...messages, { id: 5, chat: 7 }])).toEqual({ ...nothing, unexpected: [5] });
});

it("does not call a message reordered that comes again after later ones", () => {
  expect(judge({ ...good, sends: at(messages, 0, 2, 0, 2, 1) }).messages).toEqual({
    ...nothing,
    duplicated: [10, 30],
  });
});

it("finds whatever was left out, repeated or added in any history", () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(ids, fc.nat(), (list, n) => {
      const all = list.map((id) => ({ id, chat: id % 5 }));
      const one = all[n % all.length] as Happening;
      const history = { ...good, attempts: all, acknowledged: list, effects: all };
      const found = (effects: readonly Happening[]) => judge({ ...history, effects }).effects;
      expect(found(all)).toEqual(nothing);
      expect(found(all.filter((other) => other !== one))).toEqual({ ...nothing, lost: [one.id] });
      expect(found([...all, one])).toEqual({ ...nothing, duplicated: [one.id] });
      expect(found([...all, { id: -1, chat: 1 }])).toEqual({ ...nothing, unexpected: [-1] });
    }),
  );
});

it("says that a history proves nothing when updates are open, or when there are too few", () => {
  expect(invalid(good, 3)).toBeUndefined();
  expect(invalid(good, 4)).toMatch(/only 3 updates were acknowledged/);
  expect(invalid({ ...good, attempts: [], acknowledged: [] }, 1)).toMatch(/only 0/);
  expect(invalid({ ...good, acknowledged: [1, 3] }, 1)).toMatch(/1 updates were never acknowledged/);
});
