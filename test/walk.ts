import type { Browser, Page } from "playwright-core";
import { until } from "./support/wait.ts";

/** Somebody's chat with the bot on the simulator's page. */
interface Chat {
  readonly page: Page;
  say(text: string): Promise<void>;
  /** Sends a text, and gives the next message of the bot. */
  answer(text: string): Promise<string>;
  /** Presses the newest button with this label. */
  press(label: string | RegExp): Promise<void>;
  /** Waits for a text in the chat. */
  see(text: string | RegExp): Promise<void>;
}

async function open(browser: Browser, url: string): Promise<Chat> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await page.waitForSelector('[data-connected="true"]');
  const main = page.getByRole("main");
  const messages = main.locator(".message.theirs");
  const say = async (text: string): Promise<void> => {
    await page.fill("#text", text);
    await page.press("#text", "Enter");
  };
  return {
    page,
    say,
    async answer(text) {
      const before = await messages.count();
      await say(text);
      await messages.nth(before).waitFor();
      return messages.nth(before).innerText();
    },
    press: (name) => main.getByRole("button", { name }).last().click(),
    see: (text) => main.getByText(text).last().waitFor(),
  };
}

/** Adds a person on the page, and takes their part. */
async function join(chat: Chat, firstName: string): Promise<void> {
  const { page } = chat;
  await page.click("#add");
  await page.click("#add-person");
  await page.getByLabel("First name").fill(firstName);
  await page.press('[name="first_name"]', "Enter");
  await page.locator("#people").getByRole("button", { name: firstName }).click();
}

interface Profile {
  readonly type: string;
  readonly about: string;
  readonly skills: string;
}

/** From the first /start to a profile that others find. */
async function introduce(chat: Chat, { type, about, skills }: Profile): Promise<void> {
  await chat.page.click("#start");
  await chat.press(type);
  await chat.press(/Call me/);
  await chat.see("Tell a little about yourself");
  await chat.say(about);
  await chat.see("What are your skills?");
  await chat.say(skills);
  await chat.see("Which city are you in?");
  await chat.say("Riga");
  await chat.press("Yes, find me");
  await chat.see("All set, nice to meet you!");
}

/** Revenue of sixty days, which grows and has weekends. */
const csv = [
  "date,revenue,signups",
  ...Array.from({ length: 60 }, (_, day) => {
    const date = new Date(Date.UTC(2026, 7, 1 + day)).toISOString().slice(0, 10);
    const week = day % 7 < 5 ? 1 : 0.6;
    return `${date},${(week * (400 + 9 * day)).toFixed(2)},${Math.round(week * (20 + day / 2))}`;
  }),
].join("\n");

/**
 * Does on the simulator's page at `url` what people do with the bot: the first person there, who is an admin, and a
 * second one. `show` is told at each sight that is worth a picture.
 */
export async function walk(
  browser: Browser,
  url: string,
  show: (page: Page, name: string) => Promise<void>,
): Promise<void> {
  const [ada, grace] = [await open(browser, url), await open(browser, url)];
  await ada.page.locator("#people").getByRole("button", { name: "Ada Lovelace" }).click();
  await join(grace, "Grace");
  await introduce(grace, {
    type: "Co-founder",
    about: "I build compilers and teams that ship.",
    skills: "engineering, python",
  });
  await introduce(ada, { type: "Team", about: "Machines that compose music.", skills: "maths, music" });

  await ada.say("/team");
  await ada.press("Start a team");
  await ada.say("Rocket");
  await ada.see(/Rocket/);
  await ada.say("/search python Riga");
  await ada.see("I build compilers and teams that ship.");
  await show(ada.page, "search");
  await ada.press("Invite Grace");
  await grace.see("invites you to the team");
  await grace.press("Join");
  await ada.see("Grace has joined “Rocket”!");
  await ada.say("/team");
  await ada.see("👑 Ada");
  await show(ada.page, "team");

  await ada.say("/ask How do I find my first ten customers?");
  await ada.press("Ask more");
  await show(ada.page, "mentor");
  await ada.say("/forget");
  await ada.see("I have forgotten 1 question");

  await ada.page.setInputFiles("#file-input", [
    { name: "revenue.csv", mimeType: "text/csv", buffer: Buffer.from(csv) },
  ]);
  await ada.page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await ada.page.getByRole("link", { name: "Download revenue.clean.csv" }).last().waitFor();
  await show(ada.page, "csv");
  await ada.say("/results");
  await ada.press("revenue.csv");
  await ada.press("Delete");
  await ada.see("There is nothing here yet.");

  await ada.say("/premium");
  await ada.press(/Get 30 days/);
  await ada.press(/Pay 250/);
  await ada.page
    .getByRole("dialog")
    .getByRole("button", { name: /Pay 250/ })
    .click();
  await ada.see("Thank you! Premium is yours until");
  await show(ada.page, "premium");

  await ada.say("/broadcast");
  await ada.see("What shall people get?");
  await ada.say("🎉 Demo day is on Friday. Bring a friend!");
  await ada.see("Who shall get it?");
  await ada.press("Everybody");
  await ada.press("Send it now");
  await ada.see("The broadcast is done");
  await grace.see("Demo day is on Friday.");
  await show(ada.page, "broadcast");
  await ada.say("/refund");
  await ada.see("Which payment?");
  await ada.press(/250 ⭐/);
  await ada.press("Yes, give 250 Stars back");
  await ada.see("The Stars are back with the person.");

  await grace.say("/settings");
  await grace.press("Русский");
  await grace.see("Настройки");
  await grace.say("/my_data");
  await grace.page.getByRole("link", { name: "Download my-data.json" }).waitFor();
  await show(grace.page, "settings");

  await grace.say("/delete_me");
  await grace.press("Да, удалить");
  await grace.see("Анкета удалена");
  await ada.say("/search python");
  await ada.see("Nobody here yet with this choice");
  await grace.say("/start");
  await grace.see("Рады видеть вас снова");

  await ada.say("/maintenance");
  await ada.press("Yes, start it");
  await ada.see("Maintenance is on");
  // Each replica looks every second whether it is on.
  await until("Grace is told of it", async () => (await grace.answer("/help")).includes("скоро вернёмся"));
  await ada.press("End the maintenance");
  await ada.see("The maintenance is over.");
  const helped = grace.page.getByRole("main").getByText("Launch Lab помогает");
  await until("Grace can go on", async () => {
    const before = await helped.count();
    await grace.say("/help");
    await helped.nth(before).waitFor({ timeout: 500 });
    return true;
  });
}
