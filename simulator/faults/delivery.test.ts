import { expect, test } from "vitest";
import { createUpdateIds } from "../update-ids.ts";
import { testWorld } from "../testing/world.ts";
import { seededRandom } from "./random.ts";
import { faultSettings } from "./settings.ts";

function setUp(delivery: object) {
  const world = testWorld();
  world.world.faults.set(faultSettings.parse({ delivery }));
  const ids = (): unknown[] => world.received().map((u) => (u as { update_id: number }).update_id);
  return { ...world, ids };
}

test("a duplicate is delivered after its update was taken, and counts once", async () => {
  const { world, actions, ada, clock, ids, setWebhook } = setUp({ duplicates: 1 });
  setWebhook();
  const { update_id } = actions.write(ada.id, "hi");
  await clock.pass(10);
  expect(ids()).toEqual([update_id, update_id]);
  expect(world.ledger.stats().updates).toMatchObject({ acknowledged: 1, pending: 0, attempts: 2 });
});

test("ids that jump are new, on both sides of the old ones, and go on by one when they stop jumping", async () => {
  const { world, actions, ada, clock, ids, setWebhook } = setUp({ id_jumps: 1 });
  setWebhook();
  for (let i = 0; i < 100; i++) actions.write(ada.id, "hi");
  world.faults.set(faultSettings.parse({}));
  actions.write(ada.id, "hi");
  await clock.pass(10);
  const seen = ids().map(Number);
  expect(new Set(seen).size).toBe(101);
  const steps = seen.slice(1).map((id, i) => id - (seen[i] ?? 0));
  expect(steps.filter((step) => step < 0).length).toBeGreaterThan(20);
  expect(steps.filter((step) => step > 1).length).toBeGreaterThan(20);
  expect(steps.at(-1)).toBe(1);
});

test("runs of ids keep away from each other", () => {
  const ids = createUpdateIds(500_000_000);
  const random = seededRandom(1);
  const starts = Array.from({ length: 100 }, () => {
    ids.jump(random);
    return ids.next();
  });
  const sorted = [500_000_000, ...starts].sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) {
    expect((sorted[i] ?? 0) - (sorted[i - 1] ?? 0)).toBeGreaterThanOrEqual(1_000_000);
  }
});
