import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capacity } from "./capacity.ts";
import { measured } from "./capacity/service-times.ts";

const users = fc.integer({ min: 1, max: 20_000 });

const sizes = (count: number): number[] => {
  const { users: echoed, ...rest } = capacity(count);
  expect(echoed).toBe(count);
  return Object.values(rest);
};

describe("capacity", () => {
  it("never shrinks when the number of users grows", () => {
    fc.assert(
      fc.property(users, users, (a, b) => {
        const [small, large] = [sizes(Math.min(a, b)), sizes(Math.max(a, b))];
        for (const [i, size] of small.entries()) expect(large[i]).toBeGreaterThanOrEqual(size);
      }),
    );
  });

  it("fits the pools of all processes into Postgres, with room for exporter, migrations and people", () => {
    fc.assert(
      fc.property(users, (count) => {
        const { maxWebReplicas, maxWorkerReplicas, poolSize, maxConnections } = capacity(count);
        const whileRolling = maxWebReplicas + 1 + maxWorkerReplicas + 1;
        expect(whileRolling * poolSize + 20).toBeLessThanOrEqual(maxConnections);
        expect(maxConnections).toBeLessThanOrEqual(500);
      }),
    );
  });

  it("fits the pools of the poolers into what Postgres has for the bot, and all of the bot into one pooler", () => {
    fc.assert(
      fc.property(users, (count) => {
        const sized = capacity(count);
        expect((sized.poolers + 1) * sized.poolerPoolSize + 20).toBeLessThanOrEqual(sized.maxConnections);
        const whileRolling = sized.maxWebReplicas + 1 + sized.maxWorkerReplicas + 1;
        expect(sized.poolerClients).toBeGreaterThanOrEqual(whileRolling * sized.poolSize);
        expect(sized.poolers).toBeGreaterThan(1);
      }),
    );
  });

  it("always has two web replicas, so that one serves while the other is replaced", () => {
    fc.assert(fc.property(users, (count) => capacity(count).webReplicas >= 2));
  });

  it("carries the peak with replicas that are busy for 60 % of the time, one act per person in 6.5 s", () => {
    fc.assert(
      fc.property(users, (count) => {
        const { webReplicas, updatesPerSecond } = capacity(count);
        expect(updatesPerSecond).toBeGreaterThanOrEqual(count / 6.5);
        expect((updatesPerSecond * measured.web) / webReplicas).toBeLessThanOrEqual(0.61);
      }),
    );
  });

  it("gives whole sizes only", () => {
    fc.assert(
      fc.property(users, (count) => sizes(count).every((size) => Number.isInteger(size) && size > 0)),
    );
  });

  it("keeps the web replicas within their block of 40 ports", () => {
    expect(capacity(20_000).webReplicas).toBeLessThanOrEqual(40);
  });

  it("has these sizes for the 2000 and 20000 users that are tested", () => {
    expect(capacity(2000)).toEqual({
      users: 2000,
      updatesPerSecond: 308,
      webReplicas: 2,
      maxWebReplicas: 4,
      workerReplicas: 1,
      maxWorkerReplicas: 3,
      poolSize: 10,
      maxConnections: 110,
      poolers: 2,
      poolerPoolSize: 30,
      poolerClients: 110,
      callerRequests: 200,
      callerRate: 1920,
      sharedBuffersMb: 125,
      redisMemoryMb: 64,
    });
    expect(capacity(20_000)).toMatchObject({ webReplicas: 13, maxConnections: 330, sharedBuffersMb: 1024 });
  });

  it("says so when the pools would not fit", () => {
    expect(() => capacity(150_000)).toThrow(
      "150000 users need 2010 database connections; Postgres takes at most 500 here. `npm run capacity -- --users 150000`",
    );
  });
});
