import { expect, test, type TestContext } from "vitest";
import { z } from "zod";
import { inChat, needBrowser, write } from "./testing/page.ts";
import { startBot, startSimulator } from "./testing/server.ts";
import { TEST_TOKEN } from "./testing/world.ts";

const chat = z.object({ id: z.number() });
const update = z.object({
  message: z.object({ chat, text: z.string() }).optional(),
  callback_query: z
    .object({ id: z.string(), data: z.string(), message: z.object({ chat, message_id: z.number() }) })
    .optional(),
});

/** A bot with a counter that a button raises, a keyboard, an alert, and a message that it takes back. */
async function startCounterBot(url: string): Promise<void> {
  const call = async (method: string, args: object): Promise<number> => {
    const response = await fetch(`${url}/bot${TEST_TOKEN}/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(args),
    });
    const answer = z.object({ result: z.unknown() }).parse(await response.json());
    return z.object({ message_id: z.number() }).safeParse(answer.result).data?.message_id ?? 0;
  };
  const buttons = (count: number) => ({
    inline_keyboard: [
      [
        { text: "Raise", callback_data: `raise:${count + 1}` },
        { text: "Warn", callback_data: "warn" },
      ],
    ],
  });
  let failures = 1;
  const hook = await startBot(async (body) => {
    const { message, callback_query: query } = update.parse(body);
    if (message !== undefined) {
      const chat_id = message.chat.id;
      if (message.text === "/start") {
        const text = `<b>Count: 0</b> <img src=x onerror="document.title='hacked'">`;
        const escaped = text.replace("<img", "&lt;img").replace('">', '"&gt;');
        await call("sendMessage", { chat_id, text: escaped, parse_mode: "HTML", reply_markup: buttons(0) });
        await call("sendMessage", {
          chat_id,
          text: "Choose",
          reply_markup: { keyboard: [["Blue pill", "Red pill"]], one_time_keyboard: true },
        });
      } else if (message.text === "vanish") {
        const message_id = await call("sendMessage", { chat_id, text: "gone soon" });
        await call("deleteMessage", { chat_id, message_id });
      } else if (message.text === "stumble" && failures-- > 0) {
        throw new Error("stumbled");
      } else {
        await call("sendChatAction", { chat_id, action: "typing" });
        await call("sendMessage", { chat_id, text: `You said ${message.text}` });
      }
    }
    if (query !== undefined) {
      const { message_id, chat } = query.message;
      if (query.data === "warn") {
        await call("answerCallbackQuery", {
          callback_query_id: query.id,
          text: "Careful!",
          show_alert: true,
        });
        return;
      }
      const count = Number(query.data.split(":")[1]);
      await call("editMessageText", {
        chat_id: chat.id,
        message_id,
        text: `Count: ${count}`,
        reply_markup: buttons(count),
      });
      await call("answerCallbackQuery", { callback_query_id: query.id, text: "Raised" });
    }
  });
  await call("setMyCommands", {
    commands: [
      { command: "start", description: "Begin" },
      { command: "status", description: "How it stands" },
    ],
  });
  await call("setWebhook", { url: hook });
}

const openWindow = needBrowser();

/** Starts a simulator, a bot and a window; skips the test openly without a browser. */
async function setUp(ctx: TestContext, viewport?: { width: number; height: number }) {
  const simulator = await startSimulator();
  await startCounterBot(simulator.url);
  return {
    simulator,
    page: await openWindow(ctx, simulator.url, viewport === undefined ? {} : { viewport }),
  };
}

test("a new person starts the bot, presses a button, and sees the message change in place", async (ctx) => {
  const { page } = await setUp(ctx);
  await page.click("#add");
  await page.click("#add-person");
  await page.getByLabel("First name").fill("Grace");
  await page.getByLabel("Last name").fill("Hopper");
  await page.press('[name="last_name"]', "Enter");
  await inChat(page, "Grace Hopper has not written to the bot yet.").waitFor();
  await page.getByRole("button", { name: "Start" }).click();
  const first = page.locator(".message.theirs").first();
  await first.locator("strong", { hasText: "Count: 0" }).waitFor();
  await page.getByRole("button", { name: "Raise" }).click();
  await first.getByText("Count: 1").waitFor();
  await first.getByText("edited").waitFor();
  await page.locator(".toast", { hasText: "Raised" }).waitFor();
  await expect.poll(() => page.locator(".waiting").count()).toBe(0);
  expect(await page.locator(".message.theirs").count()).toBe(2);

  await page.getByRole("button", { name: "Warn" }).click();
  await page.getByRole("dialog").getByText("Careful!").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("what the bot writes is never taken for markup", async (ctx) => {
  const { page } = await setUp(ctx);
  await page.click("#start");
  await inChat(page, "<img src=x onerror").waitFor();
  await write(page, "<script>document.title = 'hacked'</script><b>x</b>");
  await inChat(page, "You said <script>").waitFor();
  expect(await page.title()).toBe("Telegram simulator");
  expect(await page.locator(".text img, .text script, .text b").count()).toBe(0);
});

test("the log and the message itself show how long the delivery took, and what failed", async (ctx) => {
  const { page } = await setUp(ctx);
  await page.click("#start");
  await page
    .locator(".entry", { hasText: "/start" })
    .locator(".attempt", { hasText: /200.*ms/ })
    .waitFor();
  await page.locator(".message.own .delivery.delivered", { hasText: /^[\d.]+ ms$/ }).waitFor();
  await write(page, "stumble");
  await page.locator(".message.own .delivery", { hasText: /ms, 1 failed|s, 1 failed/ }).waitFor();
  const entry = page.locator(".entry", { hasText: "stumble" });
  await entry.locator(".attempt.error", { hasText: "500" }).waitFor();
  await entry.locator(".reply", { hasText: "sendMessage" }).waitFor();
});

test("two windows stay in step, and mark what is unread", async (ctx) => {
  const { page, simulator } = await setUp(ctx);
  const other = await openWindow(ctx, simulator.url);
  await page.click("#start");
  await inChat(other, "Count: 0").waitFor();
  await other.getByRole("button", { name: "Raise" }).click();
  await inChat(page, "Count: 1").waitFor();
  await write(page, "vanish");
  for (const window of [page, other]) await inChat(window, "Message deleted").last().waitFor();

  await other.click("#add");
  await other.click("#add-person");
  await other.getByLabel("First name").fill("Alan");
  await other.press('[name="first_name"]', "Enter");
  await page.getByRole("button", { name: /Alan/ }).waitFor();
  await write(page, "hello");
  await other.getByRole("button", { name: /Ada/ }).getByLabel("unread").waitFor();
  await other.getByRole("button", { name: /Ada/ }).click();
  await expect.poll(() => other.getByLabel("unread").count()).toBe(0);
});

test("commands and the reply keyboard are offered, and can be used from the keyboard", async (ctx) => {
  const { page } = await setUp(ctx);
  await page.click("#start");
  await page.getByRole("button", { name: "Red pill", exact: true }).click();
  await inChat(page, "You said Red pill").waitFor();
  await page.getByRole("button", { name: "Red pill", exact: true }).waitFor({ state: "hidden" });
  await page.click("#keyboard-button");
  await page.getByRole("button", { name: "Red pill", exact: true }).waitFor();

  await page.focus("#text");
  await page.keyboard.type("/st");
  await page.getByRole("option", { name: /status/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await inChat(page, "You said /status").waitFor();
  await page.keyboard.type("two");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("lines");
  await page.keyboard.press("Enter");
  await inChat(page, "You said two\nlines").waitFor();
});

test("who blocks the bot can only unblock it", async (ctx) => {
  const { page } = await setUp(ctx);
  await page.click("#start");
  await page.getByRole("button", { name: "Block the bot" }).click();
  await page.locator(".entry", { hasText: "blocked the bot" }).first().waitFor();
  await page.locator("#composer").waitFor({ state: "hidden" });
  await page.locator("#start", { hasText: "Unblock the bot" }).click();
  await page.locator("#composer").waitFor();
});

test("the page says when the simulator is away, and goes on when it is back", async (ctx) => {
  const { page, simulator } = await setUp(ctx);
  await page.click("#start");
  await inChat(page, "Count: 0").waitFor();
  simulator.stop();
  await page.getByText("The connection to the simulator is lost").waitFor();
  const { url } = await startSimulator(Number(new URL(simulator.url).port));
  await page.getByText("The simulator has restarted").waitFor();
  await inChat(page, "has not written to the bot yet").waitFor();
  await startCounterBot(url);
  await page.click("#start");
  await inChat(page, "Count: 0").waitFor();
});

test("on a phone one pane is shown at a time, and nothing is cut off at the side", async (ctx) => {
  const { page } = await setUp(ctx, { width: 390, height: 844 });
  await page.click("#start");
  await inChat(page, "Count: 0").waitFor();
  const fits = () => page.evaluate("document.documentElement.scrollWidth <= window.innerWidth");
  expect(await fits()).toBe(true);
  await page.getByRole("button", { name: "Show deliveries" }).click();
  await page.locator(".entry", { hasText: "/start" }).waitFor();
  expect(await page.locator("#messages").isVisible()).toBe(false);
  expect(await fits()).toBe(true);
  await page.getByRole("button", { name: "Show the chat" }).click();
  await page.getByRole("button", { name: "Show people" }).click();
  await page.getByRole("button", { name: /Ada/ }).click();
  await inChat(page, "Count: 0").waitFor();
});
