import { expect, test } from "vitest";
import { createMetrics, metricList } from "./metrics.ts";

test("everything in the list is exposed, and nothing else of ours", async () => {
  const metrics = createMetrics("1.2.3");
  const exposed = await metrics.registry.getMetricsAsJSON();
  const own = exposed.filter(({ name }) => name.startsWith("bot_"));
  expect(own.map(({ name }) => name).sort()).toEqual(metricList.map(({ name }) => name).sort());
  for (const { name, type, help } of metricList) {
    expect(own.find((metric) => metric.name === name)).toMatchObject({ type, help });
  }
});

test("known label values start at 0, so that the first event is seen as an increase", async () => {
  const text = await createMetrics("1.2.3").registry.metrics();
  for (const line of [
    'bot_updates_total{type="command",outcome="dead"} 0',
    'bot_telegram_api_requests_total{method="sendMessage",code="429"} 0',
    'bot_db_query_duration_seconds_count{operation="commit",outcome="timeout"} 0',
    "bot_dead_letters_total 0",
    'bot_build_info{version="1.2.3"} 1',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
});
