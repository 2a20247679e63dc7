import { expect, it } from "vitest";
import { NotKnown } from "../site.ts";
import { findings } from "./checks.ts";
import { database, health, proposed } from "./deployed.ts";

it("waits for no check longer than its limit, and says why one failed", async () => {
  const of = (run: () => Promise<never>) => findings({ about: "thing", limit: 30, run });
  expect(await of(() => new Promise(() => undefined))).toMatchObject([
    { about: "thing", state: "look", found: "not known: no answer within 0.03 s" },
  ]);
  expect(await of(() => Promise.reject(new NotKnown("no engine", "start it")))).toEqual([
    { about: "thing", state: "bad", found: "no engine", advice: "start it" },
  ]);
  expect(await of(() => Promise.reject(new Error("it broke\n    at a stack")))).toMatchObject([
    { found: "it broke" },
  ]);
});

it("names what a preview would change", () => {
  const step = (op: string, name: string) => ({
    op,
    urn: `urn:pulumi:dev::launchlab::process:index:Process::${name}`,
  });
  const steps = [
    step("same", "a"),
    step("refresh", "b"),
    step("update", "web-0"),
    step("create-replacement", "web-1"),
    step("delete-replaced", "web-1"),
  ];
  expect(proposed(JSON.stringify({ steps }))).toEqual(["web-0", "web-1"]);
  expect(proposed(JSON.stringify({ steps: [] }))).toEqual([]);
});

it("passes on what the bot's own check of the database finds, one line when all is well", async () => {
  const site = (text: string) => ({ run: () => Promise.resolve(text) });
  const well = { about: "TLS", state: "good", found: "on" };
  const pending = { about: "migrations", state: "bad", found: "pending: 9", advice: "run them" };
  expect(await database(site(JSON.stringify([well])))).toEqual([
    { about: "database", state: "good", found: "1 questions, all answered well" },
  ]);
  expect(await database(site(JSON.stringify([well, pending])))).toEqual([
    { ...pending, about: "database, migrations" },
  ]);
  expect(await database(site("an older version"))).toMatchObject([{ state: "look" }]);
});

it("says in one line that the stack is well", () => {
  expect(health([])).toMatchObject([{ state: "good" }]);
  const problem = { about: "web", state: "bad", found: "down", advice: "up" } as const;
  expect(health([problem])).toEqual([problem]);
});
