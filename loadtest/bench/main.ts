import { table } from "../report/columns.ts";
import { openArena, type Turn } from "./arena.ts";
import { contenders } from "./contenders.ts";

/*
 * `npm run bench`: this bot, the same features as most bots have them, and the floor below which nothing can be, in turns on
 * the same Postgres, Redis, nginx and Bot API. One process of each.
 */
const ROUNDS = 3;
const PEOPLE = 20_000;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const arena = await openArena();
try {
  const costs = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  const knees = new Map<string, Turn[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const contender of contenders) {
      console.error(`round ${round} of ${ROUNDS}: ${contender.name}`);
      const turn = (profile: string) =>
        arena.enter({ contender, people: PEOPLE }, (ring) => ring.turn(profile));
      costs.get(contender.name)?.push(await turn("bench"));
      knees.get(contender.name)?.push(await turn("bench-knee"));
    }
  }
  const figures = contenders.map(({ name }) => {
    const of = (turns: readonly Turn[] | undefined, value: (turn: Turn) => number): number =>
      median((turns ?? []).map(value));
    const latency = (value: "p50" | "p95" | "p99") =>
      of(costs.get(name), ({ result }) => result.measured.fromDue?.[value] ?? NaN);
    return {
      name,
      process: of(costs.get(name), (one) => one.process),
      postgres: of(costs.get(name), (one) => one.postgres),
      knee: of(knees.get(name), ({ result }) => result.knee ?? 0),
      p50: latency("p50"),
      p95: latency("p95"),
      p99: latency("p99"),
    };
  });
  const columns = ["process", "postgres", "knee", "p50", "p95", "p99"] as const;
  const digits = (column: string): number => (column === "knee" ? 0 : 2);
  console.log(
    `Medians of ${ROUNDS} rounds: processor seconds for 1000 updates of the process and of Postgres, updates`,
  );
  console.log("per second at the knee (p95 above 250 ms), and milliseconds from due time at 150 a second.\n");
  console.log(
    table([
      ["", ...columns],
      ...figures.map((row) => [row.name, ...columns.map((column) => row[column].toFixed(digits(column)))]),
    ]),
  );
  const [own, ...others] = figures;
  if (own !== undefined) {
    console.log("\nlaunchlab against them: for times more than 1 is slower, for the knee it is faster.\n");
    console.log(
      table([
        ["", ...columns],
        ...others.map((row) => [
          row.name,
          ...columns.map((column) => (own[column] / row[column]).toFixed(2)),
        ]),
      ]),
    );
  }
} finally {
  await arena.close();
}
