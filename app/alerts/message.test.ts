import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHtml } from "../../simulator/text/html.ts";
import { duration, messageOf } from "./message.ts";
import type { AlertState } from "./notification.ts";

const down: AlertState = {
  status: "firing",
  labels: { alertname: "RedisDown", severity: "critical", stack: "dev", job: "redis" },
  annotations: {
    summary: "Redis does not answer",
    description: "The bot goes on without. Normal: 1; alerts when below 1 for 1m.",
    runbook_url: "https://example.org/RedisDown.md",
    __dashboardUid__: "launchlab-overview",
    __panelId__: "7",
  },
  startsAt: "2026-01-02T03:04:05.678Z",
  endsAt: "2026-01-02T03:14:05.678Z",
};
const over: AlertState = { ...down, status: "resolved" };
const grafana = "http://127.0.0.1:8404";
const shown = (alerts: AlertState[], grafanaUrl: string | undefined = grafana) =>
  parseHtml(messageOf({ alerts }, grafanaUrl));

test("a page says what, where, since when, what it means, and where to read on", () => {
  const { text, entities } = shown([down]);
  expect(text).toBe(`🔴 RedisDown · dev

Redis does not answer
since 03:04:05 UTC

The bot goes on without. Normal: 1; alerts when below 1 for 1m.

Runbook · Panel`);
  const urls = entities.flatMap((one) => (one.type === "text_link" ? [one.url] : []));
  expect(urls).toEqual([
    "https://example.org/RedisDown.md",
    "http://127.0.0.1:8404/d/launchlab-overview?viewPanel=7",
  ]);
});

test("a ticket is marked as one, and a namespace is named", () => {
  const labels = { ...down.labels, severity: "warning", namespace: "bots" };
  expect(shown([{ ...down, labels }]).text).toMatch(/^🟠 RedisDown · dev \/ bots\n/);
});

test("what is over is marked as over, says how long it lasted, and strikes out what no longer holds", () => {
  const { text, entities } = shown([over]);
  expect(text).toBe(`✅ RedisDown is over · dev

Redis does not answer
over at 03:14:05 UTC, after 10 min`);
  const struck = entities.find(({ type }) => type === "strikethrough");
  expect(text.slice(struck?.offset, (struck?.offset ?? 0) + (struck?.length ?? 0))).toBe(
    "Redis does not answer",
  );
});

test("alerts of one name are listed, those that go on first", () => {
  const third: AlertState = { ...down, annotations: { ...down.annotations, summary: "The third" } };
  const { text } = shown([over, third, down]);
  expect(text).toMatch(
    /^🔴 RedisDown \(2\) · dev\n\nThe third\n.*\n\nRedis does not answer\nsince.*\n\nRedis/,
  );
  expect(text.match(/over at/g)).toHaveLength(1);
});

test("a runbook that is a path is shown as one, and without Grafana there is no panel to open", () => {
  const annotations = { ...down.annotations, runbook_url: "dashboards/runbooks/RedisDown.md" };
  const { text } = parseHtml(messageOf({ alerts: [{ ...down, annotations }] }, undefined));
  expect(text).toMatch(/\n\nRunbook: dashboards\/runbooks\/RedisDown.md$/);
});

test("any number of alerts with any text fits into a message, is read by Telegram, and begins with the name", () => {
  const texts = fc.string({ unit: fc.constantFrom("<", "&", '"', "a", " ", "\n", "😀", "<b>", "</i>") });
  const long = texts.map((text) => text.repeat(200));
  const alert = fc.record({
    status: fc.constantFrom("firing" as const, "resolved" as const),
    labels: fc.record({ alertname: long, severity: texts, stack: long }),
    annotations: fc.record({
      summary: long,
      description: long,
      runbook_url: long,
      __dashboardUid__: long,
      __panelId__: long,
    }),
    startsAt: fc.constant(down.startsAt),
    endsAt: fc.constant(down.endsAt),
  });
  fc.assert(
    fc.property(fc.array(alert, { minLength: 1, maxLength: 60 }), (alerts) => {
      const html = messageOf({ alerts }, grafana);
      expect(html.length).toBeLessThanOrEqual(4096);
      expect(parseHtml(html).text).toMatch(/^(🔵|✅) /u);
    }),
    { numRuns: 200 },
  );
});

test("more alerts than fit are counted", () => {
  const many = Array.from({ length: 500 }, () => down);
  const { text } = shown(many);
  const listed = text.match(/since/g)?.length ?? 0;
  expect(listed).toBeGreaterThan(20);
  expect(text).toContain(`… and ${500 - listed} more\n\nThe bot goes on`);
});

test.each([
  [400, "0 s"],
  [59_600, "1 min"],
  [125_000, "2 min 5 s"],
  [3_600_000, "1 h"],
  [90_000_000, "1 d 1 h"],
])("%d ms are %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});
