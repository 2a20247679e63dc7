import { SOME_TIME, lasting, type Row } from "../row.ts";

/** Something of the simulator's own faults. */
const answers = (fault: string, bot_api: object, more: Pick<Row, "doubled"> = {}): Row =>
  lasting(
    fault,
    SOME_TIME,
    ({ stack }) => stack.faults({ bot_api }),
    ({ stack }) => stack.faults({}),
    { unseen: true, ...more },
  );

export const telegramRows: Readonly<Record<string, Row>> = {
  "api-away": lasting(
    "the Bot API refuses connections",
    SOME_TIME,
    ({ botApi }) => botApi.set({ refused: true }),
    ({ botApi }) => botApi.set({}),
    { unseen: true, doubled: { most: 40, why: "a call was carried out, and its answer never came" } },
  ),
  "api-black-hole": lasting(
    "what the bot and the Bot API send each other vanishes, connections stay open",
    SOME_TIME,
    ({ botApi }) => botApi.set({ blackHole: true }),
    ({ botApi }) => botApi.set({}),
    { unseen: true, doubled: { most: 40, why: "a call was carried out, and its answer never came" } },
  ),
  "api-slow": answers(
    "the Bot API answers after 5 s",
    { latency_ms: 5000 },
    {
      doubled: { most: 4000, why: "calls that take longer than 5 s are carried out, and made again" },
    },
  ),
  "api-429": answers("half of the calls are answered 429 with retry_after", {
    too_many_requests: { share: 0.5, retry_after: 2 },
  }),
  "api-500": answers("half of the calls are answered 500", { server_errors: 0.5 }),
  "api-502": answers("half of the calls are answered 502 with a page of HTML", { html_errors: 0.5 }),
  "api-cut": answers(
    "the connection breaks in the middle of each tenth answer",
    { cuts: 0.1 },
    {
      doubled: { most: 4000, why: "a call whose answer was cut was carried out, and is made again" },
    },
  ),
};
