import type { BrowserContextOptions } from "playwright-core";
import { expect, test, type TestContext } from "vitest";
import { z } from "zod";
import { png } from "./testing/files.ts";
import { inChat, needBrowser, write } from "./testing/page.ts";
import { startBot, startSimulator } from "./testing/server.ts";
import { TEST_TOKEN } from "./testing/world.ts";

const openWindow = needBrowser();

const update = z.object({
  message: z
    .object({
      message_id: z.number(),
      chat: z.object({ id: z.number() }),
      text: z.string().optional(),
      caption: z.string().optional(),
      document: z.object({ file_name: z.string() }).optional(),
      photo: z.array(z.unknown()).optional(),
    })
    .optional(),
  edited_message: z.object({ chat: z.object({ id: z.number() }), text: z.string() }).optional(),
  pre_checkout_query: z.object({ id: z.string() }).optional(),
  inline_query: z.object({ id: z.string(), query: z.string() }).optional(),
});

/** A bot that sells, answers files with a picture, offers things in inline mode, and repeats the rest as an answer. */
async function setUp(ctx: TestContext, options: BrowserContextOptions = {}) {
  const { url } = await startSimulator();
  const api = (method: string) => `${url}/bot${TEST_TOKEN}/${method}`;
  const call = (method: string, args: object) =>
    fetch(api(method), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(args),
    });
  /** What the bot says to the next pre-checkout query. */
  const sale = { ok: true, error_message: "" };
  const hook = await startBot(async (body) => {
    const { message, edited_message, pre_checkout_query, inline_query } = update.parse(body);
    if (pre_checkout_query !== undefined) {
      await call("answerPreCheckoutQuery", { pre_checkout_query_id: pre_checkout_query.id, ...sale });
    }
    if (inline_query !== undefined) {
      const content = { message_text: `<b>${inline_query.query}</b> found`, parse_mode: "HTML" };
      const results = [{ type: "article", id: "1", title: "A team", input_message_content: content }];
      await call("answerInlineQuery", { inline_query_id: inline_query.id, results });
    }
    if (edited_message !== undefined) {
      await call("sendMessage", { chat_id: edited_message.chat.id, text: `Now ${edited_message.text}` });
    }
    if (message === undefined) return;
    const chat_id = message.chat.id;
    if (message.text === "/buy") {
      const prices = [{ label: "Month", amount: 250 }];
      const terms = { title: "Premium", description: "A month", payload: "p", currency: "XTR", prices };
      await call("sendInvoice", { chat_id, ...terms });
    } else if (message.document !== undefined || message.photo !== undefined) {
      const form = new FormData();
      form.append("chat_id", String(chat_id));
      form.append("photo", new Blob([new Uint8Array(png(400, 300))], { type: "image/png" }), "chart.png");
      const kind = message.photo === undefined ? message.document?.file_name : "picture";
      form.append("caption", `Got ${kind ?? ""}: ${message.caption ?? ""}`);
      await fetch(api("sendPhoto"), { method: "POST", body: form });
    } else if (message.text !== undefined) {
      const reply_parameters = { message_id: message.message_id };
      await call("sendMessage", { chat_id, text: `You said ${message.text}`, reply_parameters });
    }
  });
  await call("setWebhook", { url: hook });
  const page = await openWindow(ctx, url, options);
  await page.click("#start");
  return { page, url, sale };
}

const csv = { name: "numbers.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n") };
const picture = { name: "logo.png", mimeType: "image/png", buffer: png(64, 64) };

test("a file is sent with a caption, and a picture comes back", async (ctx) => {
  const { page } = await setUp(ctx);
  await inChat(page, "You said /start").waitFor();
  await page.setInputFiles("#file-input", [csv]);
  await page.getByLabel("Caption").fill("Ours");
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await page.getByRole("link", { name: "Download numbers.csv" }).waitFor();
  await inChat(page, "Got numbers.csv: Ours").waitFor();
  await page.getByRole("img", { name: /Got numbers/ }).waitFor();

  await page.setInputFiles("#file-input", [picture, picture]);
  await page.getByLabel("As pictures").waitFor();
  await page.getByRole("button", { name: "Remove: logo.png" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await inChat(page, "Got picture").waitFor();
  expect(await page.locator(".own .picture").count()).toBe(1);
});

test("a file can be dropped on the chat", async (ctx) => {
  const { page } = await setUp(ctx);
  await inChat(page, "You said /start").waitFor();
  await page.evaluate(`{
    const data = new DataTransfer();
    data.items.add(new File(["a,b"], "dropped.csv", { type: "text/csv" }));
    const drop = (type) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector("main").dispatchEvent(drop("dragover"));
    document.querySelector("main").dispatchEvent(drop("drop"));
  }`);
  await page.getByRole("dialog").getByText("dropped.csv").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await inChat(page, "Got dropped.csv").waitFor();
});

test("an invoice is paid once, and a refusal is told", async (ctx) => {
  const { page, sale } = await setUp(ctx);
  await inChat(page, "You said /start").waitFor();
  Object.assign(sale, { ok: false, error_message: "Sold out" });
  await write(page, "/buy");
  await page.getByRole("main").getByRole("button", { name: "Pay 250 Stars" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pay 250 Stars" }).click();
  await page.getByText("The bot refused: Sold out").waitFor();
  Object.assign(sale, { ok: true, error_message: "" });
  await page.getByRole("dialog").getByRole("button", { name: "Pay 250 Stars" }).click();
  await inChat(page, "Ada Lovelace: Paid 250 Stars").waitFor();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(await page.getByRole("button", { name: "Paid", exact: true }).isDisabled()).toBe(true);
});

test("however long the chat is, the page itself does not scroll", async (ctx) => {
  const { page } = await setUp(ctx);
  await inChat(page, "You said /start").waitFor();
  for (let i = 0; i < 20; i += 1) await write(page, `line ${i}`);
  await inChat(page, "You said line 19").waitFor();
  expect(await page.evaluate("document.scrollingElement.scrollHeight")).toBe(800);
});

test("messages are answered, edited and given reactions, also from the keyboard", async (ctx) => {
  const { page } = await setUp(ctx);
  await inChat(page, "You said /start").waitFor();
  const theirs = page.locator(".message.theirs").first();
  await theirs.getByRole("button", { name: "Reply, edit, react" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "React with 🔥" }).click();
  await theirs.getByRole("button", { name: "🔥 1", pressed: true }).click();
  await theirs.getByRole("button", { name: "🔥 1" }).waitFor({ state: "detached" });

  await theirs.getByRole("button", { name: "Reply, edit, react" }).click();
  await page.getByRole("button", { name: "Reply", exact: true }).click();
  await page.getByText("Answer to Launch Lab").waitFor();
  await write(page, "Fine");
  await page.locator(".message.own .answered", { hasText: "You said /start" }).waitFor();

  const own = page.locator(".message.own", { hasText: "Fine" });
  await own.hover();
  await own.getByRole("button", { name: "Reply, edit, react" }).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  expect(await page.inputValue("#text")).toBe("Fine");
  await write(page, "Very fine");
  await page.locator(".message.own", { hasText: "Very fine" }).getByText("edited").waitFor();
  await inChat(page, "Now Very fine").waitFor();
});

test("what the bot offers in inline mode is chosen and written", async (ctx) => {
  const { page } = await setUp(ctx);
  await inChat(page, "You said /start").waitFor();
  await page.fill("#text", "@launch_lab_bot rust");
  await page.getByRole("button", { name: /A team/ }).click();
  await page.locator(".message.own", { hasText: "via @launch_lab_bot" }).getByText("rust").waitFor();
  await expect.poll(() => page.inputValue("#text")).toBe("");
});

test("in a group people write by turns, and the bot gets what is meant for it", async (ctx) => {
  const { page } = await setUp(ctx);
  await page.click("#add");
  await page.click("#add-person");
  await page.getByLabel("First name").fill("Grace");
  await page.press('[name="first_name"]', "Enter");
  await page.getByRole("button", { name: /Grace/ }).waitFor();
  await page.click("#add");
  await page.click("#add-group");
  await page.getByLabel("Title").fill("Founders");
  await page.getByRole("button", { name: "Create" }).click();
  await inChat(page, "Launch Lab joined").waitFor();
  await write(page, "just talk");
  await page.locator(".message.own", { hasText: "just talk" }).getByText("the bot does not get").waitFor();
  await page.selectOption("#writer", { label: "Grace" });
  await page.locator(".message.theirs", { hasText: "just talk" }).getByText("Ada Lovelace").waitFor();
  await write(page, "/who");
  await inChat(page, "You said /who").waitFor();

  await page.getByRole("button", { name: "Group", exact: true }).click();
  const info = page.getByRole("dialog", { name: "Founders" });
  await info.getByLabel("Grace").selectOption("left");
  await inChat(page, "Grace left").waitFor();
  await info.getByLabel("The bot").selectOption("kicked");
  await inChat(page, "Launch Lab left").waitFor();
});

test("the page speaks Russian to those who do, and English when they choose it", async (ctx) => {
  const { page } = await setUp(ctx, { locale: "ru-RU" });
  await inChat(page, "You said /start").waitFor();
  await page.getByRole("heading", { name: "Доставка" }).waitFor();
  await page.getByPlaceholder("Сообщение").waitFor();
  await page.selectOption("#language", "en");
  await page.getByRole("heading", { name: "Deliveries" }).waitFor();
  await page.waitForSelector('[data-connected="true"]');
});

test("faults are switched on and off, and the log tells of them", async (ctx) => {
  const { page } = await setUp(ctx);
  await inChat(page, "You said /start").waitFor();
  await page.getByRole("button", { name: "Faults on purpose" }).click();
  const calls = page.getByRole("group", { name: "Calls of the bot" });
  await calls.getByLabel("500, %").fill("100");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Faults are on" }).waitFor();
  await write(page, "lost");
  await page.locator(".entry", { hasText: /Fault/ }).first().waitFor();
  await page.getByRole("button", { name: "Faults are on" }).click();
  expect(await calls.getByLabel("500, %").inputValue()).toBe("100");
  await page.getByRole("button", { name: "All off" }).click();
  await page.getByRole("button", { name: "Faults on purpose" }).waitFor();
  await write(page, "found");
  await inChat(page, "You said found").waitFor();
});
