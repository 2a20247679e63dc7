import { defineConfig } from "vitest/config";

const platform = process.env["E2E_PLATFORM"];
const FAILOVER = "test/failover.test.ts";

export default defineConfig({
  test: {
    // It needs an operator in the cluster, and a quarter of an hour: it runs by itself.
    include: platform === "failover" ? [FAILOVER] : ["test/**/*.test.ts"],
    exclude: [
      // These need no stack, and run with those beside the code.
      "test/{alerts,faults}/**",
      ...(platform === "failover" ? [] : [FAILOVER]),
      // Faults are those of processes of this machine.
      ...(platform === undefined || platform === "local" ? [] : ["test/alerts.test.ts"]),
      // Other platforms have no network policies.
      ...(platform === "kubernetes" ? [] : ["test/network-policy.test.ts"]),
    ],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // Each of these tests has the machine for itself.
    fileParallelism: false,
  },
});
