import { expect, test } from "vitest";
import { isWanted, queueAndLife, wantedUpdates, type UpdateType } from "./update-rules.ts";

const CHAT = 7;
const USER = 8;
const queue = (type: UpdateType) => queueAndLife(type, { chatId: CHAT, userId: USER, pollId: 9 }).queue;
const kind = (n: number): number => n * 2 ** 33;

test.each<[UpdateType, number, number]>([
  ["message", CHAT, 86_400],
  ["edited_message", CHAT, 86_400],
  ["channel_post", CHAT, 86_400],
  ["inline_query", USER + kind(1), 30],
  ["chosen_inline_result", USER + kind(2), 600],
  ["callback_query", USER + kind(3), 150],
  ["shipping_query", USER + kind(4), 150],
  ["pre_checkout_query", USER + kind(4), 150],
  ["my_chat_member", CHAT + kind(5), 86_400],
  ["chat_member", USER + kind(6), 86_400],
  ["chat_join_request", USER + kind(6), 86_400],
  ["chat_boost", CHAT + kind(7), 86_400],
  ["message_reaction", CHAT + kind(8), 86_400],
  ["message_reaction_count", CHAT + kind(9), 86_400],
  ["business_connection", USER + kind(10), 86_400],
  ["business_message", CHAT + kind(11), 86_400],
  ["purchased_paid_media", USER + kind(12), 86_400],
  ["managed_bot", USER + kind(13), 86_400],
  ["poll", 9, 86_400],
  ["poll_answer", 9, 86_400],
])("%s waits in queue %i for %i s", (type, id, life) => {
  expect(queueAndLife(type, { chatId: CHAT, userId: USER, pollId: 9 })).toEqual({ queue: id, life });
});

test("a message and its edit wait for each other, a message and a reaction do not", () => {
  expect(queue("edited_message")).toBe(queue("message"));
  expect(queue("message_reaction")).not.toBe(queue("message"));
});

test("without a choice a bot gets all but what must be asked for", () => {
  expect(isWanted("message", [])).toBe(true);
  expect(isWanted("chat_member", [])).toBe(false);
  expect(isWanted("chat_member", ["chat_member"])).toBe(true);
  expect(isWanted("message", ["chat_member"])).toBe(false);
});

test("unknown names are passed over, and nothing but unknown names means the usual ones", () => {
  expect(wantedUpdates(["Message", "nonsense"])).toEqual(["message"]);
  expect(wantedUpdates(["nonsense"])).toEqual([]);
});
