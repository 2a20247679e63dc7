import { series, type Lab, type Recipe } from "../recipe.ts";
import { talk } from "../traffic.ts";

/** What Telegram answers to messages; alerts in the chat cannot be told meanwhile, by the webhook they are. */
async function answerWith({ stack }: Lab, bot_api: object): Promise<() => Promise<void>> {
  const stop = await talk(stack, 10, 1000, () => "/help");
  await stack.faults({ bot_api: { methods: ["sendMessage"], ...bot_api } });
  return async () => {
    await stack.faults({});
    await stop();
  };
}

const fails = (cause: string, bot_api: object): Recipe => ({
  how: "fault",
  cause,
  inject: (lab) => answerWith(lab, bot_api),
  alsoFires: ["AlertmanagerNotificationsFailing"],
});

const lastError =
  'bot_telegram_webhook_last_error_timestamp_seconds{job="other-bot",instance="other",role="worker"}';

export const telegramRecipes: Readonly<Record<string, Recipe>> = {
  TelegramApiErrors: fails("Telegram answers half of the messages with 500", { server_errors: 0.5 }),
  TelegramRateLimited: fails("Telegram answers half of the messages with 429", {
    too_many_requests: { share: 0.5 },
  }),
  TelegramWebhookFailing: {
    ...series("Telegram could not deliver a moment ago", {}),
    inject: ({ monitor: { fake } }) => {
      // It stays a moment ago however long it is looked at.
      fake.show({ [lastError]: Math.round(Date.now() / 1000) + 3600 });
      return Promise.resolve(() => {
        fake.hide([lastError]);
        return Promise.resolve();
      });
    },
  },
};
