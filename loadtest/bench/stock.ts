import { createServer } from "node:http";
import { limit } from "@grammyjs/ratelimiter";
import { RedisAdapter } from "@grammyjs/storage-redis";
import { Bot, type Context, session, type SessionFlavor, webhookCallback } from "grammy";
import { Redis } from "ioredis";
import pg from "pg";
import { page, POOL_SIZE, readSettings } from "./settings.ts";

/*
 * The same features as most bots with grammY have them: its webhook callback, sessions in Redis, the rate limiter plugin,
 * queries on a pool, and calls to the Bot API that handlers wait for. It does not know whether an update came before, its
 * effects are not one transaction, and a message that could not be sent is lost.
 */
interface Session {
  acts: number;
}
type Talk = Context & SessionFlavor<Session>;

const { port, postgresPort, database, redisPort, redisPassword, apiUrl, token, secret } = readSettings();
const redis = new Redis({ port: redisPort, password: redisPassword });
const pool = new pg.Pool({
  host: "127.0.0.1",
  port: postgresPort,
  user: "postgres",
  database,
  max: POOL_SIZE,
});
const bot = new Bot<Talk>(token, { client: { apiRoot: apiUrl } });

bot.use(limit<Talk, Redis>({ timeFrame: 60_000, limit: 1000, storageClient: redis }));
bot.use(
  session({ initial: (): Session => ({ acts: 0 }), storage: new RedisAdapter<Session>({ instance: redis }) }),
);
bot.use(async (ctx, next) => {
  ctx.session.acts += 1;
  await pool.query(
    "INSERT INTO users (id, username, language) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET last_active = now()",
    [ctx.from?.id, ctx.from?.username, ctx.from?.language_code],
  );
  await next();
});

async function people(ctx: Talk, wanted: number): Promise<void> {
  await pool.query(
    `SELECT id, user_type, name, username, about, skills, city,
       (SELECT t.name FROM teams AS t JOIN team_members ON team_id = t.id WHERE user_id = users.id) AS team
     FROM users WHERE is_searching AND deleted_at IS NULL AND blocked_at IS NULL AND id <> $1
     ORDER BY last_active DESC, id LIMIT 6 OFFSET $2`,
    [ctx.from?.id, wanted * 5],
  );
  await pool.query(
    "SELECT count(*)::int AS size FROM teams JOIN team_members ON team_id = teams.id WHERE owner_id = $1",
    [ctx.from?.id],
  );
}

const { text, ...options } = page;
bot.command("search", async (ctx) => {
  await people(ctx, 0);
  await ctx.reply(text, options);
});
bot.callbackQuery(/^search:a:(\d+):$/, async (ctx) => {
  await people(ctx, Number(ctx.match[1]));
  await ctx.answerCallbackQuery();
  await ctx.editMessageText(text, options);
});
bot.command("profile", async (ctx) => {
  await pool.query("SELECT * FROM users WHERE id = $1", [ctx.from?.id]);
  await ctx.reply(text, options);
});
bot.on("message", (ctx) => ctx.reply(text, options));
bot.catch((error) => console.error(error));

await bot.init();
const handle = webhookCallback(bot, "http", { secretToken: secret });
createServer((request, response) => void handle(request, response)).listen(port, "127.0.0.1");
process.on("SIGTERM", () => process.exit());
