// What admins and paying people do, against a Bot API that delivers and refuses as Telegram does.
import { expect, inject, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { newPerson } from "../../test/person.ts";
import { startSimulator } from "../../simulator/testing/server.ts";
import { TEST_TOKEN } from "../../simulator/testing/world.ts";
import { broadcast } from "../jobs/broadcast.ts";
import { refund } from "../jobs/refund.ts";
import { secret, startBot } from "../testing/bot.ts";
import { startWorker } from "../testing/worker.ts";

test("somebody pays, an admin gives it back and then writes to everybody", async () => {
  const simulator = await startSimulator();
  const servers = inject("servers");
  const [root, ada] = [await newPerson(simulator.url, "Root"), await newPerson(simulator.url, "Ada")];
  const database = await freshDatabase(servers.postgres);
  const bot = await startBot({
    servers,
    database,
    apiUrl: simulator.url,
    token: TEST_TOKEN,
    admins: [root.id],
  });
  const webhook = await bot.server.listen({ host: "127.0.0.1", port: 0 });
  const stopWorker = startWorker(bot, broadcast, refund);
  await bot.api.call("setWebhook", JSON.stringify({ url: `${webhook}/telegram`, secret_token: secret }));
  const post = async (path: string, body: object): Promise<unknown> => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    return (await fetch(`${simulator.url}/simulator/api${path}`, init)).json();
  };
  const history = async (who: { id: number }): Promise<string> =>
    (await fetch(`${simulator.url}/simulator/api/people/${who.id}/messages?after=0`)).text();
  const sees = (who: { id: number }, text: string): Promise<unknown> =>
    until(`${who.id} sees "${text}"`, async () => (await history(who)).includes(text));

  for (const who of [root, ada]) {
    await who.say("/start");
    await bot.sql(`UPDATE users SET dialogue = NULL WHERE id = ${who.id}`);
  }
  await ada.say("/premium");
  const invoice = await ada.press(/Get 30 days for 250 Stars/);
  expect(await post(`/people/${ada.id}/pay`, { message_id: invoice.message_id })).toMatchObject({
    status: "paid",
  });
  await sees(ada, "Premium is yours until");

  await root.say("/refund");
  await root.press(/250 ⭐/);
  await root.press(/Yes, give 250 Stars back/);
  await sees(root, "The Stars are back with the person");
  await sees(ada, "You got 250 Stars back. You have the free plan now.");

  await root.say("/broadcast");
  await root.say("Launch day!");
  await root.press(/Everybody · 2/);
  await sees(root, "People: <b>2</b>".replaceAll(/<\/?b>/g, ""));
  await root.press(/Send it now/);
  await sees(root, "The broadcast is done");
  await sees(ada, "Launch day!");

  await stopWorker();
  simulator.stop();
  await bot.close();
});
