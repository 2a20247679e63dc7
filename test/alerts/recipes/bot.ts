import { setTimeout as pause } from "node:timers/promises";
import { down, series, type Lab, type Recipe } from "../recipe.ts";
import { talk } from "../traffic.ts";

const updates = (outcome: string): string =>
  `bot_updates_total{job="other-bot",instance="other",role="web",type="message",outcome="${outcome}"}`;
const timed = (le: string): string =>
  `bot_update_duration_seconds_bucket{job="other-bot",instance="other",role="web",type="message",le="${le}"}`;

/** People ask for a table that somebody has renamed. */
async function failUpdates({ stack }: Lab): Promise<() => Promise<void>> {
  await stack.sql("ALTER TABLE csv_results RENAME TO fault_csv_results");
  const stop = await talk(stack, 10, 1000, () => "/results");
  return async () => {
    await stop();
    await stack.sql("ALTER TABLE fault_csv_results RENAME TO csv_results");
  };
}

/** Every update takes so long, and so many people write again and again. */
async function slowUpdates(
  { stack }: Lab,
  seconds: number,
  people: number,
  everyMs: number,
): Promise<() => Promise<void>> {
  await stack.sql(
    `CREATE FUNCTION fault_sleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END $$`,
    "CREATE TRIGGER fault_sleep BEFORE INSERT ON receipts FOR EACH ROW EXECUTE FUNCTION fault_sleep()",
  );
  const stop = await talk(stack, people, everyMs, () => "/help");
  return async () => {
    await stop();
    await stack.sql("DROP FUNCTION fault_sleep CASCADE");
  };
}

export const botRecipes: Readonly<Record<string, Recipe>> = {
  BotDown: down("both web replicas are ended", ["web-0", "web-1"]),
  BotErrorRateHigh: {
    how: "fault",
    cause: "a table of the bot is renamed",
    inject: failUpdates,
    alsoFires: ["BotErrorBudgetBurnsFast"],
  },
  BotErrorBudgetBurnsFast: { how: "fault", cause: "a table of the bot is renamed", inject: failUpdates },
  BotErrorBudgetBurnsSlowly: series("2 of 1000 updates fail", {
    [updates("ok")]: { perSecond: 998 },
    [updates("error")]: { perSecond: 2 },
  }),
  BotLatencyP95High: {
    how: "fault",
    cause: "every update waits 1.5 s in the database",
    inject: (lab) => slowUpdates(lab, 1.5, 8, 2000),
    alsoFires: ["BotLatencyBudgetBurnsFast"],
  },
  BotLatencyBudgetBurnsFast: {
    how: "fault",
    cause: "every update waits 1.5 s in the database",
    inject: (lab) => slowUpdates(lab, 1.5, 8, 2000),
  },
  BotLatencyBudgetBurnsSlowly: series("a tenth of the updates takes longer than a second", {
    [timed("1")]: { perSecond: 90 },
    [timed("+Inf")]: { perSecond: 100 },
    [timed("+Inf").replace("_bucket", "_count").replace(',le="+Inf"', "")]: { perSecond: 100 },
  }),
  BotDbPoolExhausted: {
    how: "fault",
    cause: "40 people write, and every update holds its connection for 4 s",
    // Below the time limit of a statement: Telegram comes back to what failed less and less often.
    inject: (lab) => slowUpdates(lab, 4, 40, 1000),
    alsoFires: ["BotLatencyBudgetBurnsFast", "BotErrorBudgetBurnsFast", "GatewayErrorRateHigh"],
  },
  BotDbPoolNearlyFull: series("9 of 10 connections of a replica are in use", {
    'bot_db_pool_connections{job="other-bot",instance="other",role="web",state="used"}': 9,
    'bot_db_pool_max_connections{job="other-bot",instance="other",role="web"}': 10,
  }),
  BotServiceSlow: series("Postgres takes 6 s to answer a replica", {
    'bot_service_check_seconds{job="bot",instance="other",role="web",checked="postgres"}': 6,
  }),
  BotReplicasMissing: down("one of two web replicas is ended", ["web-1"]),
  BotVersionsDiffer: series("a replica has another version", {
    'bot_build_info{job="other-bot",instance="a",role="web",version="1.0.0",source="a"}': 1,
    'bot_build_info{job="other-bot",instance="b",role="web",version="1.1.0",source="b"}': 1,
  }),
  BotEventLoopLagHigh: {
    how: "fault",
    cause: "a web replica stands still for half a second, again and again",
    inject: ({ stack }) => {
      const pid = stack.pid("web-0");
      const stopping = new AbortController();
      const freezing = (async () => {
        while (!stopping.signal.aborted) {
          process.kill(pid, "SIGSTOP");
          await pause(500);
          process.kill(pid, "SIGCONT");
          await pause(300);
        }
      })();
      return Promise.resolve(async () => {
        stopping.abort();
        await freezing;
      });
    },
  },
  BotUpdatesRefused: series("an update a second finds the replica full", {
    'bot_throttled_total{job="other-bot",instance="other",role="web",limit="in_flight"}': { perSecond: 1 },
  }),
  BotTrafficStopped: series("nobody writes any more, and yesterday many did", {
    'bot:updates:rate5m{job="stopped-bot"}': 0,
    'bot:updates:rate1h_yesterday{job="stopped-bot"}': 2,
  }),
  MaintenanceLeftOn: series("maintenance is on and on", {
    'bot_maintenance_mode{job="other-bot",instance="other",role="web"}': 1,
  }),
  CacheFallbackActive: series("a replica does not find Redis", {
    'bot_cache_fallback_active{job="other-bot",instance="other",role="web"}': 1,
  }),
  BotNearCapacity: series("290 updates a second come", {
    [updates("ok").replace('job="other-bot"', 'job="busy-bot"')]: { perSecond: 290 },
  }),
};
