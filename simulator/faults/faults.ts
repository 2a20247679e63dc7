import type { Clock } from "../clock.ts";
import type { Events } from "../events.ts";
import { callFaults, type CallFault } from "./call-faults.ts";
import { createFloodLimits } from "./flood-limits.ts";
import { seededRandom } from "./random.ts";
import { noFaults, type FaultSettings } from "./settings.ts";

type FaultKind = CallFault["kind"] | "flood_limit" | "duplicate" | "id_jump";

/**
 * Makes things go wrong, as the settings say. What is off is undefined in `active()`, so that it costs nothing to
 * look.
 */
export function createFaults(clock: Clock, events: Events) {
  let settings = noFaults;
  let counts: Partial<Record<FaultKind, number>> = {};
  let active = turnOn(noFaults);

  function happened(kind: FaultKind, about: object): void {
    counts[kind] = (counts[kind] ?? 0) + 1;
    events.publish("fault", { kind, at: clock.now(), ...about });
  }

  function turnOn({ seed, bot_api, delivery, openai, flood_limits }: FaultSettings) {
    // Each kind has dice of its own, so that turning one on does not change what another does.
    const random = (stream: number): (() => number) => seededRandom(seed * 1000 + stream);
    const named = bot_api.methods && new Set(bot_api.methods.map((name) => name.toLowerCase()));
    const botApi = callFaults(clock, random(0), bot_api);
    const ai = callFaults(clock, random(1), openai);
    const limits = createFloodLimits(clock);

    const chance = (share: number, dice: () => number, kind: FaultKind) =>
      share === 0
        ? undefined
        : (about: object): boolean => {
            if (dice() >= share) return false;
            happened(kind, about);
            return true;
          };

    return {
      /** Waits for the latency, and answers what happens to a call of the Bot API. */
      botApi:
        botApi &&
        (async (method: string): Promise<CallFault | undefined> => {
          if (named?.has(method.toLowerCase()) === false) return undefined;
          const fault = await botApi();
          if (fault !== undefined) happened(fault.kind, { method });
          return fault;
        }),
      /** The same for a call of the OpenAI-compatible API. */
      openai:
        ai &&
        (async (): Promise<CallFault | undefined> => {
          const fault = await ai();
          if (fault !== undefined) happened(fault.kind, { method: "openai" });
          return fault;
        }),
      /** 0 for no limit. */
      tokensPerSecond: openai.tokens_per_second,
      /** Answers for how many seconds the bot must wait; 0 when it may go on. */
      flood: flood_limits
        ? (method: string, chatId: number): number => {
            const wait = limits(method, chatId);
            if (wait > 0) happened("flood_limit", { method, chat_id: chatId });
            return wait;
          }
        : undefined,
      /** Whether an update that was taken is sent again. */
      duplicate: chance(delivery.duplicates, random(2), "duplicate"),
      /** Whether the connection breaks after an update was sent. */
      cutDelivery: chance(delivery.cuts, random(3), "cut"),
      /** Whether the next id is chosen anew. */
      idJump: chance(delivery.id_jumps, random(4), "id_jump"),
      /** For ids that are chosen anew. */
      randomId: random(5),
    };
  }

  return {
    settings: (): FaultSettings => settings,
    set(next: FaultSettings): void {
      settings = next;
      active = turnOn(next);
      events.publish("faults", next);
    },
    active: () => active,
    counts: () => ({ ...counts }),
    /** Forgets the counts; what is on stays on. */
    reset(): void {
      counts = {};
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;
