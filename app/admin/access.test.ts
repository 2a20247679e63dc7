import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { freshDatabase } from "../../test/support/database.ts";
import { noteService, requestKinds } from "../database/backup-requests.ts";
import { stackToken, startAdmin, type TestAdmin } from "../testing/admin.ts";
import { requestsPerMinute } from "./api.ts";

const servers = inject("servers");
let admin: TestAdmin;

beforeAll(async () => {
  admin = await startAdmin({ servers, database: await freshDatabase(servers.postgres) });
  await noteService(admin.database.query, requestKinds);
});
afterAll(async () => {
  await admin.close();
});

/** Statuses without a token, for a viewer, an operator, an owner. */
type Expected = readonly [number, number, number, number];
const anyone: Expected = [200, 200, 200, 200];
const viewers: Expected = [401, 200, 200, 200];
const operators: Expected = [401, 403, 200, 200];
const owners: Expected = [401, 403, 403, 200];
const instead =
  (other: number) =>
  ([...statuses]: Expected): Expected =>
    statuses.map((status) => (status === 200 ? other : status)) as unknown as Expected;
/** As above, where what is asked for is not there, or is not as it has to be. */
const [missing, conflicting] = [instead(404), instead(409)];

interface Case {
  readonly expected: Expected;
  /** Where the route has parameters. */
  readonly path?: string;
  readonly body?: object;
}

const none = "0123456789abcdef";

/** Every route of the admin API; one that is missing here fails a test. */
const table: Readonly<Record<string, Case>> = {
  "GET /api/openapi.json": { expected: anyone },
  "GET /api/system/info": { expected: viewers },
  "GET /api/system/processes": { expected: viewers },
  "GET /api/system/statistics": { expected: viewers },
  "GET /api/system/health": { expected: viewers },
  "GET /api/system/health/:service": { expected: viewers, path: "/api/system/health/redis" },
  "POST /api/system/health/check": { expected: operators },
  "POST /api/system/monitoring/start": { expected: operators, body: {} },
  "POST /api/system/monitoring/stop": { expected: operators },
  "GET /api/system/maintenance": { expected: viewers },
  "PUT /api/system/maintenance": { expected: operators, body: { on: false } },
  "PUT /api/system/log-level": { expected: operators, body: { level: null } },
  "GET /admin/cache_stats": { expected: viewers },
  "GET /admin/db_metrics": { expected: viewers },
  "GET /admin/scheduler_status": { expected: viewers },
  "POST /api/cache/clear": { expected: operators, body: { pattern: "search:*" } },
  "POST /api/cache/warm-up": { expected: operators },
  "GET /api/jobs": { expected: viewers },
  "POST /api/jobs/:id/retry": { expected: missing(operators), path: "/api/jobs/404/retry" },
  "POST /api/jobs/:id/cancel": { expected: missing(operators), path: "/api/jobs/404/cancel" },
  "GET /api/dead-letters": { expected: viewers },
  "POST /api/dead-letters/:id/replay": {
    expected: missing(operators),
    path: "/api/dead-letters/404/replay",
  },
  "GET /api/backup/status": { expected: viewers },
  "GET /api/backup/list": { expected: viewers },
  "POST /api/backup/create": { expected: operators },
  "POST /api/backup/schedule": { expected: operators, body: {} },
  "POST /api/backup/restore/:filename": {
    expected: missing(owners),
    path: "/api/backup/restore/2026-03-04T02-00-00-000Z",
  },
  "POST /api/backup/restore/confirm": { expected: conflicting(owners) },
  "POST /api/backup/restore/rollback": { expected: conflicting(owners) },
  "GET /api/tokens": { expected: owners },
  "POST /api/tokens": { expected: owners, body: { name: "test", role: "viewer" } },
  "POST /api/tokens/:id/rotate": {
    expected: missing(owners),
    path: `/api/tokens/${none}/rotate`,
    body: {},
  },
  "DELETE /api/tokens/:id": { expected: missing(owners), path: `/api/tokens/${none}` },
  "GET /api/audit": { expected: operators },
  "GET /api/audit/verify": { expected: operators },
};

describe("the table of roles and routes", () => {
  it("has every route, but for the page that shows them", () => {
    const api = admin.routes.filter((route) => !route.includes(" /api/docs"));
    expect(api.sort()).toEqual(Object.keys(table).sort());
  });

  it.each(Object.entries(table))("%s", async (route, { expected, path, body }) => {
    const [method, url] = route.split(" ");
    const asked = `${method} ${path ?? url}`;
    const got = [];
    for (const by of ["nobody", "viewer", "operator", "owner"] as const)
      got.push((await admin.ask(asked, by, body)).status);
    expect(got).toEqual(expected);
  });

  it("is not needed for what probes ask for, nor for the page of the API", async () => {
    for (const path of ["/", "/health", "/ready", "/metrics", "/api/docs/"])
      expect((await admin.ask(`GET ${path}`, "nobody")).status).toBe(200);
  });
});

describe("a token", () => {
  const shape = z.object({ id: z.string(), token: z.string() });
  const made = async () =>
    shape.parse(
      (await admin.ask("POST /api/tokens", "owner", { name: "made", role: "viewer", days: 1 })).json(),
    );
  const status = async (token: string): Promise<number> =>
    (await admin.ask("GET /api/system/info", { token })).status;

  it("is kept as a hash alone", async () => {
    const { token } = await made();
    const [, , secret = ""] = /^(launchlab_[0-9a-f]{16}_)(.+)$/.exec(token) ?? [];
    expect(secret).toHaveLength(43);
    const rows = await admin.sql("SELECT row_to_json(admin_tokens)::text AS row FROM admin_tokens");
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it("is good for nothing once it is over, revoked, or changed by a letter", async () => {
    const [over, revoked, changed] = [await made(), await made(), await made()];
    for (const { token } of [over, revoked, changed]) expect(await status(token)).toBe(200);
    await admin.sql(`UPDATE admin_tokens SET expires_at = now() WHERE id = '${over.id}'`);
    expect((await admin.ask(`DELETE /api/tokens/${revoked.id}`)).status).toBe(200);
    expect(await status(over.token)).toBe(401);
    expect(await status(revoked.token)).toBe(401);
    const last = changed.token.endsWith("A") ? "B" : "A";
    expect(await status(changed.token.slice(0, -1) + last)).toBe(401);
    expect((await admin.ask(`DELETE /api/tokens/${revoked.id}`)).status).toBe(404);
  });

  it("and the one that takes its place are both good for the time that was asked for", async () => {
    const before = await made();
    const after = await admin.ask(`POST /api/tokens/${before.id}/rotate`, "owner", { hours: 2 });
    const { token } = shape.parse(after.json());
    expect([await status(before.token), await status(token)]).toEqual([200, 200]);
    await admin.sql(
      `UPDATE admin_tokens SET expires_at = expires_at - interval '2 hours' WHERE id = '${before.id}'`,
    );
    expect([await status(before.token), await status(token)]).toEqual([401, 200]);
  });

  it("that came with the configuration is an owner's", async () => {
    expect((await admin.ask("GET /api/tokens", { token: stackToken })).status).toBe(200);
    expect((await admin.ask("GET /api/tokens", { token: `${stackToken}x` })).status).toBe(401);
  });

  it("that is none is refused", async () => {
    const wrong = ["", "Bearer", "launchlab_", "'; DROP TABLE admin_tokens", "é", "a".repeat(9000)];
    for (const token of [...wrong, `launchlab_${none}_${"A".repeat(43)}`])
      expect(await status(token)).toBe(401);
  });
});

it("an error is a problem with the id of the request, also where there is no route", async () => {
  for (const [asked, code] of [
    ["GET /api/tokens", 401],
    ["GET /api/nothing", 404],
    ["GET /api/audit?limit=many", 400],
  ] as const) {
    const { headers, json } = await admin.ask(asked, code === 401 ? "nobody" : "owner");
    expect(headers["content-type"]).toContain("application/problem+json");
    expect(json()).toMatchObject({
      type: "about:blank",
      status: code,
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
  }
});

it("more requests than a minute may have are turned away, with the time to wait", async () => {
  const crowd = await startAdmin({ servers, database: await freshDatabase(servers.postgres) });
  try {
    for (let i = 0; i < requestsPerMinute; i += 1) await crowd.ask("GET /api/system/info", "nobody");
    const { status, headers, json } = await crowd.ask("GET /api/system/info");
    expect(status).toBe(429);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(json()).toMatchObject({ status: 429, title: "Too Many Requests" });
    // Probes go on.
    expect((await crowd.ask("GET /ready", "nobody")).status).toBe(200);
  } finally {
    await crowd.close();
  }
});
