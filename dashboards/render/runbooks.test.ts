import { expect, test } from "vitest";
import { alerts } from "../alerts/all.ts";
import { renderRunbooks, runbookOf } from "./runbooks.ts";

test("every alert of the stack has a page with its runbook, and no others do", () => {
  const pages = (jobs: readonly string[]) => renderRunbooks({ jobs }).map(({ path }) => path);
  const plain = alerts.filter(({ needs }) => needs === undefined);
  expect(renderRunbooks({})).toHaveLength(alerts.length);
  expect(pages([])).toEqual(plain.map(({ name }) => `${name}.html`));
});

test("a page is the runbook, whose braces Prometheus does not take for a template", () => {
  const [page] = renderRunbooks({}).filter(({ path }) => path === "BotDown.html");
  expect(page?.content).toContain("<h1>BotDown</h1>");
  expect(page?.content).toContain("<code>npm run logs -- web</code>");
  for (const { content } of renderRunbooks({}))
    expect(content.replaceAll('{{ "{{" }}', "")).not.toContain("{{");
  expect(runbookOf("BotDown")).toMatch(/^# BotDown\n/);
});
