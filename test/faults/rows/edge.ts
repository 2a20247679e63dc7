import { setTimeout as pause } from "node:timers/promises";
import { passing, type Row } from "../row.ts";

export const edgeRows: Readonly<Record<string, Row>> = {
  "gateway-reloaded": passing("nginx reads its configuration again, five times", async ({ stack }) => {
    for (let n = 0; n < 5; n += 1) {
      process.kill(stack.pid("gateway"), "SIGHUP");
      await pause(700);
    }
  }),
  "gateway-killed": passing("nginx is killed (SIGKILL), and started again", ({ stack }) =>
    stack.kill("gateway"),
  ),
};
