import type { RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "../../test/support/wait.ts";
import { WORKERS } from "./nginx-config.ts";
import { breakingUpstream, upstream, withNginx, type Upstream } from "./nginx-fixture.ts";

let open: Upstream[] = [];
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
});

async function use(made: Promise<Upstream>): Promise<Upstream> {
  const one = await made;
  open.push(one);
  return one;
}

const answering = (status: number, headers: Record<string, string> = {}): Promise<Upstream> =>
  use(
    upstream((request, response) => {
      request.resume();
      request.once("end", () => response.writeHead(status, headers).end());
    }),
  );

/** Answers 200 with what it received. */
const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.once("end", () => response.end(Buffer.concat(chunks)));
};

const post = (gateway: string, body = "{}", headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway}/telegram`, { method: "POST", body, headers });

/** Enough that every worker of nginx meets every replica. */
const MANY = 8 * WORKERS;

async function statuses(gateway: string): Promise<number[]> {
  const seen = new Set<number>();
  for (let i = 0; i < MANY; i += 1) {
    const response = await post(gateway);
    await response.text();
    seen.add(response.status);
  }
  return [...seen];
}

describe("an update reaches the next replica when one", () => {
  it("drains and answers 503", async () => {
    const [draining, good] = [await answering(503), await answering(200)];
    await withNginx([draining.endpoint, good.endpoint], async ({ gateway }) => {
      expect(await statuses(gateway)).toEqual([200]);
    });
    expect(draining.connections()).toBeGreaterThan(0);
  });

  it("refuses connections", async () => {
    const good = await answering(200);
    const nobody = { host: "127.0.0.1", port: await freePort() };
    await withNginx([nobody, good.endpoint], async ({ gateway }) => {
      expect(await statuses(gateway)).toEqual([200]);
    });
  });

  it("breaks the connection after it read the update, and the update arrives whole", async () => {
    const broken = await use(breakingUpstream());
    const good = await use(upstream(echo));
    await withNginx([broken.endpoint, good.endpoint], async ({ gateway }) => {
      for (let i = 0; i < MANY; i += 1) {
        const response = await post(gateway, `{"update_id":${i}}`);
        expect(await response.text()).toBe(`{"update_id":${i}}`);
      }
    });
    expect(broken.connections()).toBeGreaterThan(0);
  });
});

it("tells Telegram when no replica takes the update", async () => {
  const draining = [await answering(503), await answering(503)];
  await withNginx(
    draining.map((one) => one.endpoint),
    async ({ gateway }) => {
      const response = await post(gateway);
      expect(response.status).toBe(503);
      expect(await response.text()).not.toMatch(/nginx\/\d/);
    },
  );
});

it("passes 429 and its Retry-After on, without trying another replica", async () => {
  const busy = [await answering(429, { "retry-after": "3" }), await answering(429, { "retry-after": "3" })];
  await withNginx(
    busy.map((one) => one.endpoint),
    async ({ gateway }) => {
      const response = await post(gateway);
      expect([response.status, response.headers.get("retry-after")]).toEqual([429, "3"]);
    },
  );
  expect(busy.reduce((sum, one) => sum + one.connections(), 0)).toBe(1);
});

it("publishes POST /telegram and nothing else", async () => {
  const replica = await answering(200);
  await withNginx([replica.endpoint, replica.endpoint], async ({ gateway, status }) => {
    for (const path of [
      "/",
      "/telegram/",
      "/telegram/more",
      "/ready",
      "/metrics",
      "/stub_status",
      "/health",
      "/api/system/info",
      "/api/docs/",
      "/admin/cache_stats",
    ]) {
      const response = await fetch(gateway + path, { method: "POST", body: "{}" });
      expect(response.status, path).toBe(404);
      expect(await response.text()).not.toMatch(/nginx\/\d/);
    }
    for (const method of ["GET", "HEAD", "PUT", "DELETE"]) {
      expect((await fetch(`${gateway}/telegram`, { method })).status, method).toBe(405);
    }
    expect(replica.connections()).toBe(0);
    expect((await post(gateway)).status).toBe(200);
    expect((await fetch(`${status}/telegram`, { method: "POST" })).status).toBe(404);
  });
});

it("refuses a body of 2 MB, and passes one that is larger than its buffer on whole", async () => {
  const replica = await use(upstream(echo));
  await withNginx([replica.endpoint, replica.endpoint], async ({ gateway }) => {
    const refused = await post(gateway, "x".repeat(2 * 1024 * 1024));
    expect(refused.status).toBe(413);
    expect(replica.connections()).toBe(0);
    const large = "y".repeat(900 * 1024);
    const passed = await post(gateway, large);
    expect((await passed.text()) === large).toBe(true);
  });
});

it("does not tell its version", async () => {
  const replica = await answering(200);
  await withNginx([replica.endpoint, replica.endpoint], async ({ gateway, status }) => {
    for (const response of [await post(gateway), await fetch(gateway), await fetch(`${status}/health`)]) {
      expect(response.headers.get("server")).toBe("nginx");
    }
  });
});

it("keeps its connections to the replicas", async () => {
  const replica = await answering(200);
  await withNginx([replica.endpoint], async ({ gateway }) => {
    expect(await statuses(gateway)).toEqual([200]);
  });
  // One for each worker of nginx that got a request, instead of one for each request.
  expect(replica.connections()).toBeLessThanOrEqual(WORKERS);
});

it("hands over what Telegram sent, and who asked rather than who says so", async () => {
  const replica = await use(upstream((request, response) => response.end(JSON.stringify(request.headers))));
  await withNginx([replica.endpoint], async ({ gateway }) => {
    const forged = { "x-forwarded-for": "6.6.6.6", "x-request-id": "forged" };
    const response = await post(gateway, "{}", { "x-telegram-bot-api-secret-token": "s", ...forged });
    const headers: unknown = await response.json();
    expect(headers).toMatchObject({
      "x-telegram-bot-api-secret-token": "s",
      "x-forwarded-for": "127.0.0.1",
      "content-length": "2",
      host: "127.0.0.1",
    });
    expect(headers).toHaveProperty("x-request-id", expect.stringMatching(/^[0-9a-f]{32}$/));
    expect(headers).not.toHaveProperty("connection", "close");
  });
});

it("counts connections for the exporter", async () => {
  const replica = await answering(200);
  await withNginx([replica.endpoint], async ({ status }) => {
    const text = await (await fetch(`${status}/stub_status`)).text();
    expect(text).toMatch(/^Active connections: \d+/);
  });
});
