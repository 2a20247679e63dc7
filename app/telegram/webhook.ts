import type { FastifyInstance, FastifyReply } from "fastify";
import type { Checkout } from "../features/checkout.ts";
import type { Log } from "../log.ts";
import { chatTypes, type UpdateOutcome } from "../metric-labels.ts";
import type { Metrics } from "../metrics.ts";
import { digest, isOneOf } from "../secret.ts";
import type { RateLimit } from "./limit.ts";
import { lineFor } from "./line.ts";
import { isUpdate, subjectOf, tellsOfMoney, typeOf, type Subject } from "./parse.ts";
import { translator } from "./texts.ts";
import type { UnitOfWork } from "./update.ts";

interface Options {
  readonly secrets: readonly string[];
  /** Updates worked on at once; what comes on top goes back to Telegram. */
  readonly inFlightLimit: number;
  readonly rateLimit: RateLimit;
  readonly checkout: Checkout;
  readonly unitOfWork: UnitOfWork;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Webhook {
  readonly register: (server: FastifyInstance) => void;
  /** Draining: new updates are refused with 503, which sends them to another replica. */
  refuse(): void;
  inFlight(): number;
}

/** Asks Telegram to come again; nobody else is tried, since the others have the same database. */
function later(reply: FastifyReply): FastifyReply {
  return reply
    .code(429)
    .header("retry-after", 1 + Math.floor(Math.random() * 3))
    .send({ error: "try again later" });
}

export function createWebhook(options: Options): Webhook {
  const { inFlightLimit, rateLimit, checkout, unitOfWork, metrics, log } = options;
  const secrets = options.secrets.map(digest);
  let refusing = false;
  let inFlight = 0;

  /**
   * An update over the limit is answered in the body of the acknowledgement, which Telegram executes: no call,
   * no database.
   */
  function throttledAnswer(subject: Subject, first: boolean): object {
    const line = lineFor(subject, translator(subject.locale)("throttled"), first);
    return line === undefined ? {} : { method: line.method, ...line.payload };
  }

  async function receive(body: unknown, reply: FastifyReply): Promise<FastifyReply> {
    if (!isUpdate(body)) return reply.code(400).send({ error: "not an update of the Bot API" });
    const type = typeOf(body);
    const stop = metrics.updateDuration.startTimer({ type });
    const end = (outcome: UpdateOutcome) => {
      metrics.updates.inc({ type, outcome });
      const seconds = stop();
      log.debug({ update_id: body.update_id, type, outcome, ms: Math.round(seconds * 1000) }, "update");
    };
    const { message } = body;
    if (message !== undefined) {
      const known = chatTypes.find((one) => one === message.chat.type);
      metrics.messagesReceived.inc({ chat_type: known ?? "other" });
    }
    if (body.pre_checkout_query !== undefined) {
      const answer = await checkout(body.pre_checkout_query);
      end("ok");
      return reply.send(answer);
    }
    const subject = subjectOf(body);
    if (subject === undefined) {
      end("ignored");
      return reply.send({});
    }
    // What was paid, or given back, is never turned away.
    const money = tellsOfMoney(body);
    const verdict = money ? "free" : await rateLimit.take(subject.userId);
    if (verdict !== "free") {
      metrics.throttled.inc({ limit: "user" });
      end("throttled");
      return reply.send(throttledAnswer(subject, verdict === "first"));
    }
    const outcome = await unitOfWork.run(body, subject);
    end(outcome);
    if (money) await rateLimit.forgetPlan(subject.userId);
    if (outcome !== "unavailable") return reply.send({});
    if (!money) await rateLimit.giveBack(subject.userId);
    return later(reply);
  }

  return {
    register: (server) => {
      server.post(
        "/telegram",
        {
          // Everything that needs no body is decided before the body is read.
          onRequest: async (request, reply) => {
            const given = request.headers["x-telegram-bot-api-secret-token"];
            if (!isOneOf(secrets, typeof given === "string" ? given : "")) {
              return reply.code(401).send({ error: "wrong secret token" });
            }
            if (refusing) {
              return reply.code(503).header("connection", "close").send({ error: "shutting down" });
            }
            if (inFlight >= inFlightLimit) {
              metrics.throttled.inc({ limit: "in_flight" });
              return later(reply);
            }
            return undefined;
          },
        },
        async (request, reply) => {
          inFlight += 1;
          metrics.updatesInFlight.set(inFlight);
          try {
            return await receive(request.body, reply);
          } catch (error) {
            log.error({ err: error }, "an update failed in an unexpected place");
            return await later(reply);
          } finally {
            inFlight -= 1;
            metrics.updatesInFlight.set(inFlight);
          }
        },
      );
    },
    refuse: () => (refusing = true),
    inFlight: () => inFlight,
  };
}
