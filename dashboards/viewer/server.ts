import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import { alerts } from "../alerts/all.ts";
import type { Board } from "../catalogue.ts";
import type { Choice } from "../choice.ts";
import { boardUid, panelId } from "../render/ids.ts";
import { present } from "../render/present.ts";
import { alertmanagerAt } from "./alertmanager.ts";
import { alertsView } from "./alerts.ts";
import { annotations } from "./annotations.ts";
import { contentSecurityPolicy, readAssets } from "./assets.ts";
import { refusalOf } from "./callers.ts";
import type { Config } from "./config.ts";
import { data, escape } from "./html.ts";
import { layout, shortTitle, type Page } from "./layout.ts";
import { boardView, panelData, variables } from "./panels.ts";
import { prometheusAt } from "./prometheus.ts";
import { rangeOf } from "./range.ts";
import { runbookIndex, runbookPage } from "./runbook-page.ts";
import { silenceOf } from "./silences.ts";
import { Unanswered } from "./upstream.ts";

class Missing extends Error {}

const themes = /(?:^|; )launchlab-theme=(light|dark)(?:;|$)/;
const boardParams = z.object({ uid: z.string() });
const panelParams = boardParams.extend({ id: z.coerce.number() });
const several = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]);
const choiceQuery = z.object({ stack: z.string().optional(), replica: several });

/** Special characters of a regular expression stand for themselves. */
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** The viewer: pages, and the few questions that they may have for Prometheus and Alertmanager. */
export function createViewer(config: Config, catalogue: readonly Board[]): FastifyInstance {
  const prometheus = prometheusAt(config.prometheus);
  const alertmanager = alertmanagerAt(config.alertmanager);
  const boards = catalogue.filter((board) => present(config, board));
  const told = alerts.filter((alert) => present(config, alert));
  const assets = readAssets();

  const boardOf = (request: FastifyRequest) => {
    const { uid } = boardParams.parse(request.params);
    const board = boards.find(({ key }) => boardUid(key) === uid);
    if (board === undefined) throw new Missing(`this stack has no board ${uid}`);
    return board;
  };
  const choiceOf = (request: FastifyRequest): Choice => {
    const { stack = config.stack, replica } = choiceQuery.parse(request.query);
    return { stack, replicas: replica.length === 0 ? undefined : replica.map(literal).join("|") };
  };
  const rangeIn = (request: FastifyRequest) => rangeOf(request.query);
  const sendPage = (request: FastifyRequest, reply: FastifyReply, page: Page): FastifyReply => {
    const theme = themes.exec(request.headers.cookie ?? "")?.[1];
    const path = request.url.replace(/\?.*/, "");
    return reply.type("text/html; charset=utf-8").send(layout(boards, path, theme, page));
  };

  const server = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true });
  server.addHook("onRequest", async (request, reply) => {
    reply.headers({
      "content-security-policy": contentSecurityPolicy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-cache",
    });
    const refusal = refusalOf(request);
    if (refusal !== undefined) await reply.code(403).send({ error: refusal });
  });
  server.setErrorHandler((error: unknown, request, reply) => {
    const { status, message } = explain(error);
    if (status === 500) console.error(error);
    const wantsPage = request.headers.accept?.includes("text/html") === true;
    void reply.code(status);
    if (!wantsPage) return reply.send({ error: message });
    return sendPage(request, reply, {
      title: "Not here",
      main: `<article class="runbook"><h1>${status === 404 ? "Not here" : "That did not work"}</h1><p>${escape(message)}</p></article>`,
    });
  });
  server.setNotFoundHandler((request) => {
    throw new Missing(`there is nothing at ${request.url}`);
  });

  server.get("/health", () => ({ ok: true }));
  server.get("/", (_request, reply) => reply.redirect(`/d/${boardUid(boards[0]?.key ?? "overview")}`));
  for (const [path, { type, content }] of assets) {
    server.get(path, (_request, reply) => reply.type(type).send(content));
  }
  const boardPage = (request: FastifyRequest, reply: FastifyReply) => {
    const board = boardOf(request);
    const main = data("board", boardView(board, config.stack, config.prometheus));
    return sendPage(request, reply, { title: shortTitle(board.title), main, module: "board.ts" });
  };
  server.get("/d/:uid", boardPage);
  // Grafana writes the title behind the uid.
  server.get("/d/:uid/:title", boardPage);
  server.get("/alerts", (request, reply) =>
    sendPage(request, reply, { title: "Alerts", main: "<h1>Alerts</h1>", module: "alerts.ts" }),
  );
  server.get("/runbooks", (request, reply) => sendPage(request, reply, runbookIndex(told)));
  server.get("/runbooks/:name", async (request, reply) => {
    const { name } = z.object({ name: z.string() }).parse(request.params);
    const alert = alerts.find((one) => one.name === name.replace(/\.md$/, ""));
    if (alert === undefined) throw new Missing(`there is no runbook ${name}`);
    const { rules } = await alertsView(prometheus, alertmanager);
    const rule = rules.find((one) => one.name === alert.name);
    return sendPage(request, reply, runbookPage(alert, rule));
  });

  server.get("/api/boards/:uid/variables", (request) =>
    variables(prometheus, boardOf(request), choiceOf(request), rangeIn(request)),
  );
  server.get("/api/boards/:uid/panels/:id", (request) => {
    const board = boardOf(request);
    const { id } = panelParams.parse(request.params);
    const panel = board.rows
      .flatMap(({ panels }) => panels)
      .find(({ key }) => panelId(board.key, key) === id);
    if (panel === undefined) throw new Missing(`the board has no panel ${id}`);
    return panelData(prometheus, board, panel, choiceOf(request), rangeIn(request));
  });
  server.get("/api/boards/:uid/annotations", (request) =>
    annotations(prometheus, boardOf(request), choiceOf(request), rangeIn(request)),
  );
  server.get("/api/alerts", () => alertsView(prometheus, alertmanager));
  server.post("/api/silences", (request) => alertmanager.silence(silenceOf(request.body, new Date())));
  server.delete("/api/silences/:id", async (request) => {
    const { id } = z.object({ id: z.uuid() }).parse(request.params);
    await alertmanager.expire(id);
    return { ok: true };
  });
  return server;
}

/** What went wrong, for the reader of the page. */
function explain(error: unknown): { status: number; message: string } {
  if (error instanceof Missing) return { status: 404, message: error.message };
  if (error instanceof Unanswered) return { status: 502, message: error.message };
  if (error instanceof z.ZodError)
    return { status: 400, message: error.issues.map(({ message }) => message).join("; ") };
  if (
    error instanceof Error &&
    "statusCode" in error &&
    typeof error.statusCode === "number" &&
    error.statusCode < 500
  )
    return { status: error.statusCode, message: error.message };
  return { status: 500, message: "the viewer failed; its log says why" };
}
