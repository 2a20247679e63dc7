// The whole way of an alert: a real fault, Prometheus, Alertmanager, the relay, a webhook and the chat that people see.
import { expect, it } from "vitest";
import { fireAll } from "./alerts/fire.ts";
import { withLab } from "./alerts/lab.ts";
import { until } from "./support/wait.ts";

it("tells of alerts when something fails, and that it is over when it is mended", async () => {
  await withLab(async (lab) => {
    const results = await fireAll(lab, ["RedisDown", "TargetDown", "Watchdog"], () => undefined);
    expect(
      results.flatMap(({ alert, problems }) => problems.map((problem) => `${alert}: ${problem}`)),
    ).toEqual([]);
    // A page and a ticket, in the chat of alerts that the page of the simulator shows.
    for (const words of [
      /^🔴 RedisDown · dev\n/,
      /^✅ RedisDown is over · dev\n/,
      /^🟠 TargetDown · dev\n/,
      /^✅ TargetDown/,
    ])
      await until(`the chat shows ${String(words)}`, async () =>
        (await lab.stack.alertTexts()).some((text) => words.test(text)),
      );
  });
});
