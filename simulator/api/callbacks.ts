import { flag, text } from "./arguments.ts";
import { ApiError } from "./error.ts";
import type { Method } from "./method.ts";

const answerCallbackQuery: Method = ({ world, args, update }) => {
  const id = text(args, "callback_query_id");
  const message = text(args, "text");
  if (message.length > 200) throw new ApiError(400, "MESSAGE_TOO_LONG");
  const query = world.callbackQueries.get(id);
  if (query === undefined) {
    // A load test makes up the presses in the chats of the sink.
    if (id !== "" && world.sink.isOpen()) {
      world.ledger.sink();
      return true;
    }
    throw new ApiError(400, "query is too old and response timeout expired or query ID is invalid");
  }
  const about = update ?? query.update ?? undefined;
  world.ledger.replied(query.chatId, "answerCallbackQuery", undefined, about);
  world.events.publish("answer", {
    chat_id: query.chatId,
    callback_query_id: id,
    text: message,
    show_alert: flag(args, "show_alert"),
    url: text(args, "url"),
  });
  return true;
};

export const callbackMethods = { answerCallbackQuery };
