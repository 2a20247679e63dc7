import { describe, expect, it } from "vitest";
import { deployment, good, object, processOf } from "../rule-fixture.ts";
import type { Resource } from "../rule.ts";
import { poolsFit } from "./pools-fit.ts";

describe("pools-fit", () => {
  const using = (
    size: number,
    host = "postgres.ns.svc",
    more: Record<string, unknown> = {},
    name = "web",
  ): Resource => {
    const env = [
      { name: "DATABASE_POOL_SIZE", value: String(size) },
      { name: "DATABASE_HOST", value: host },
    ];
    const strategy = { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } };
    return deployment({ containers: [{ ...good, env }] }, { strategy, ...more }, name);
  };
  const server = (limit: number): Resource =>
    object(
      "apps/v1:StatefulSet",
      {
        template: {
          spec: { containers: [{ ...good, command: ["postgres", "-c", `max_connections=${limit}`] }] },
        },
      },
      "postgres",
    );
  const cluster = (limit?: string): Resource =>
    object("postgresql.cnpg.io/v1:Cluster", {
      postgresql: limit === undefined ? {} : { parameters: { max_connections: limit } },
    });
  const pooler = (parameters: Record<string, string>): Resource =>
    object("postgresql.cnpg.io/v1:Pooler", { instances: 2, pgbouncer: { parameters } }, "pooler");
  const autoscaler = object("autoscaling/v2:HorizontalPodAutoscaler", {
    scaleTargetRef: { name: "web" },
    maxReplicas: 4,
  });
  const check = (...resources: Resource[]): string[] =>
    poolsFit.checkStack(resources).map(({ message }) => message);

  it("counts every replica at the autoscaler's largest number, and one more that replaces another", () => {
    expect(check(using(10), autoscaler, server(53))).toEqual([]);
    expect(check(using(10), autoscaler, server(52))[0]).toContain(
      "web 5 x 10 are 50 connections, but max_connections is 52",
    );
    const worker = using(10, "postgres", {}, "worker");
    expect(check(using(10), worker, autoscaler, server(53))[0]).toContain("web 5 x 10, worker 2 x 10 are 70");
  });

  it("counts shares, what is replaced at once, and the default", () => {
    const quarter = { strategy: { rollingUpdate: { maxSurge: "25%" } }, replicas: 5 };
    expect(check(using(10, "postgres", quarter), server(72))[0]).toContain("web 7 x 10");
    expect(
      check(using(10, "postgres", { strategy: { type: "Recreate" }, replicas: 5 }), server(52))[0],
    ).toContain("web 5 x 10");
    expect(check(using(10, "postgres", { strategy: undefined, replicas: 4 }), server(52))[0]).toContain(
      "web 5 x 10",
    );
  });

  it("knows a cluster's limit, and the default of Postgres", () => {
    expect(check(using(48), cluster())).toEqual([]);
    expect(check(using(49), cluster())).toHaveLength(1);
    expect(check(using(49), cluster("101"))).toEqual([]);
  });

  it("counts a pooler's own connections in place of its clients', and whether it takes those", () => {
    const size = { default_pool_size: "20", max_client_conn: "1000" };
    expect(check(using(500, "pooler.ns.svc"), pooler(size), cluster("43"))).toEqual([]);
    expect(check(using(500, "pooler.ns.svc"), pooler(size), cluster("42"))[0]).toContain(
      "pooler 2 x 20 are 40",
    );
    expect(check(using(1001, "pooler.ns.svc"), pooler(size), cluster("43"))[0]).toContain(
      "it takes 2000: raise max_client_conn",
    );
    expect(
      check(using(1, "pooler"), pooler({ ...size, reserve_pool_size: "10" }), cluster("62")),
    ).toHaveLength(1);
    expect(check(using(1, "pooler"), pooler({ ...size, max_db_connections: "5" }), cluster("13"))).toEqual(
      [],
    );
  });

  it("counts local processes, one by one", () => {
    const env = { DATABASE_POOL_SIZE: "10", DATABASE_HOST: "127.0.0.1" };
    const postgres = processOf({ command: ["postgres", "-c", "max_connections=20"] }, "postgres");
    expect(check(processOf({ env }), postgres)).toEqual([]);
    expect(check(processOf({ env }), processOf({ env }, "web-1"), postgres)[0]).toContain(
      "web-0 1 x 10, web-1 1 x 10 are 20",
    );
  });

  it("says nothing of a database that is not in the stack", () => {
    expect(check(using(10000))).toEqual([]);
  });
});
