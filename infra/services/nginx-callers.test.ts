import { once } from "node:events";
import { Agent, request, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { webhookConnections } from "../../app/telegram/registration.ts";
import { until } from "../../test/support/wait.ts";
import { capacity } from "../capacity.ts";
import { checkConfig, upstream, withNginx, type Run, type Upstream } from "./nginx-fixture.ts";

/** Everything here comes from 127.0.0.1, so a proxy there says who it is for. */
const proxy = { trustedProxies: ["127.0.0.1/32"] };
const TELEGRAM = ["149.154.160.0/20", "91.108.4.0/22"];
const [TELEGRAM_ADDRESS, STRANGER, OTHER] = ["149.154.167.197", "192.0.2.1", "192.0.2.2"];

let replica: Upstream | undefined;
const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await replica?.close();
});

async function answeringBy(listener: RequestListener): Promise<Upstream> {
  replica = await upstream(listener);
  return replica;
}
/** Answers with the address that it was told. */
const answering = (): Promise<Upstream> =>
  answeringBy((incoming, response) =>
    incoming.resume().once("end", () => response.end(incoming.headers["x-forwarded-for"])),
  );

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
}

/** Posts an update, for the addresses that a proxy has noted. */
async function post({ gateway }: Run, from?: string, agent = new Agent()): Promise<Answer> {
  const headers = from === undefined ? {} : { "x-forwarded-for": from };
  const sent = request(`${gateway}/telegram`, { method: "POST", headers, agent });
  sent.end("{}");
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text, headers: response.headers };
}

/** So many connections that wait for each answer, as Telegram's do. */
function connections(count: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  agents.push(agent);
  return agent;
}

describe("the limits", () => {
  it("hold back nothing that Telegram may send, however fast it is answered", async () => {
    const { endpoint } = await answering();
    // Less than any stack's, so that the replica is far above it.
    const callerRate = capacity(1).callerRate / 4;
    await withNginx(
      [endpoint],
      async (run) => {
        const agent = connections(webhookConnections);
        const backlog = Array.from({ length: 1000 }, async () => (await post(run, undefined, agent)).status);
        expect(new Set(await Promise.all(backlog))).toEqual(new Set([200]));
      },
      { callerRate },
    );
  });

  it("refuse a caller that has too many under way, tell it when to come again, and serve others", async () => {
    const held: ServerResponse[] = [];
    const { endpoint } = await answeringBy((incoming, response) => {
      incoming.resume();
      held.push(response);
    });
    const { callerRequests } = capacity(1);
    await withNginx(
      [endpoint],
      async (run) => {
        const many = connections(callerRequests);
        const first = Array.from({ length: callerRequests }, () => post(run, STRANGER, many));
        await until("all are under way", () => held.length === callerRequests);
        const { status, headers } = await post(run, STRANGER);
        expect([status, headers["retry-after"], headers.server]).toEqual([429, "1", "nginx"]);
        const other = post(run, OTHER);
        await until("the other one's is passed on", () => held.length === callerRequests + 1);
        for (const response of held) response.end();
        const statuses = (await Promise.all([...first, other])).map((answer) => answer.status);
        expect(new Set(statuses)).toEqual(new Set([200]));
        expect(held).toHaveLength(callerRequests + 1);
      },
      { ...proxy, callerRate: 100_000 },
    );
  });
});

describe("the address of a caller", () => {
  it("is its own, whatever it says, unless a trusted proxy says so", async () => {
    const { endpoint } = await answering();
    await withNginx([endpoint], async (run) => {
      expect((await post(run, TELEGRAM_ADDRESS)).text).toBe("127.0.0.1");
    });
    await withNginx(
      [endpoint],
      async (run) => expect((await post(run, TELEGRAM_ADDRESS)).text).toBe("127.0.0.1"),
      { trustedProxies: ["192.0.2.0/24"] },
    );
    await withNginx(
      [endpoint],
      async (run) => expect((await post(run, TELEGRAM_ADDRESS)).text).toBe(TELEGRAM_ADDRESS),
      proxy,
    );
  });

  it("is the one before the trusted proxies, and not what stood there before", async () => {
    const { endpoint } = await answering();
    await withNginx(
      [endpoint],
      async (run) => {
        expect((await post(run, `${TELEGRAM_ADDRESS}, ${STRANGER}`)).text).toBe(STRANGER);
        expect((await post(run, `${STRANGER}, ${TELEGRAM_ADDRESS}, 10.0.7.1`)).text).toBe(TELEGRAM_ADDRESS);
      },
      { trustedProxies: [...proxy.trustedProxies, "10.0.0.0/16"] },
    );
  });
});

it("lets in nobody but the allowed networks", async () => {
  const { endpoint, ...made } = await answering();
  await withNginx(
    [endpoint],
    async (run) => {
      for (const from of [undefined, STRANGER, `${TELEGRAM_ADDRESS}, ${STRANGER}`, "149.154.176.1"]) {
        const { status, text } = await post(run, from);
        expect([status, text.includes("nginx/")], from).toEqual([403, false]);
      }
      expect(made.connections()).toBe(0);
      for (const from of [TELEGRAM_ADDRESS, "91.108.7.255"])
        expect((await post(run, from)).status, from).toBe(200);
      expect((await fetch(`${run.status}/health`)).status).toBe(200);
    },
    { ...proxy, allowedNetworks: TELEGRAM },
  );
});

it("is accepted by nginx with networks of both kinds, without a warning", async () => {
  const networks = ["192.0.2.0/24", "2001:67c:4e8::/48"];
  const { code, output } = await checkConfig([{ host: "127.0.0.1", port: 8440 }], {
    trustedProxies: networks,
    allowedNetworks: networks,
  });
  expect(output).not.toMatch(/\[(warn|emerg)\]/);
  expect(code, output).toBe(0);
});
