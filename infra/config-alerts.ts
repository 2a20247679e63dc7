import { z } from "zod";

const isHttp = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
const address = (what: string) =>
  z.string().refine(isHttp, `must be the http or https address of ${what}`).optional();

/** Keys that say who is told of alerts, each with its rule and the sentence that says how to mend it. */
export const alertKeys = {
  alertChat: z
    .string()
    .regex(
      /^(-?\d{1,16}|@[A-Za-z]\w{4,31})$/,
      "must be the id of a chat, such as -1001234567890, or the @name of a channel",
    )
    .optional(),
  alertWebhook: address("what takes alerts as JSON"),
  watchdogUrl: address("a dead man's switch"),
};

/**
 * What is missing, or has no effect. `raw`: the values as they were given. `hasToken`: the bot is a real one.
 * `hasAlertToken`: bot:alertToken is set.
 */
export function alertProblems(
  raw: Readonly<Record<string, string | undefined>>,
  hasToken: boolean,
  hasAlertToken: boolean,
): string[] {
  const { alertChat, monitoring } = raw;
  const given = [
    ...Object.keys(alertKeys).flatMap((key) => (raw[key] === undefined ? [] : [`launchlab:${key}`])),
    ...(hasAlertToken ? ["bot:alertToken"] : []),
  ];
  if (monitoring === "prometheus-operator")
    return given.map(
      (key) => `${key} has no effect: the operator's Alertmanager decides who is told; remove it`,
    );
  return [
    hasAlertToken &&
      alertChat === undefined &&
      "launchlab:alertChat is missing: the chat that the bot of bot:alertToken writes to",
    alertChat?.startsWith("@") === true &&
      !hasToken &&
      !hasAlertToken &&
      "launchlab:alertChat must be an id: the simulator knows no chat by its name",
  ].filter((problem) => problem !== false);
}
