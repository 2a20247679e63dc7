import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { createTasks } from "./docker-task.ts";

const ended = (exitCode: number, containerLogs: string) =>
  Object.assign(new pulumi.ComponentResource("test:index:Task", "migrate"), {
    exitCode: pulumi.output(exitCode),
    containerLogs: pulumi.output(containerLogs),
  });

it("what needs a task waits for its good end", async () => {
  const tasks = createTasks();
  const task = tasks.add("migrate", ended(0, ""));
  const other = new pulumi.ComponentResource("test:index:Other", "postgres");
  const [first, second] = tasks.done([task, other]);
  expect([await Promise.resolve(first), second]).toEqual([task, other]);
});

it("what needs a task does not start when that has failed, and the error has its last lines", async () => {
  const tasks = createTasks();
  const lines = Array.from({ length: 30 }, (_, line) => `line ${line}`).join("\n");
  const [done] = tasks.done([tasks.add("migrate", ended(3, `${lines}\n`))]);
  const error: unknown = await Promise.resolve(done).catch((caught: unknown) => caught);
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect(String(error)).toMatch(
    /migrate failed with exit code 3\. Its last lines:\n {2}line 10\n[\s\S]*line 29\nMend/,
  );
});
