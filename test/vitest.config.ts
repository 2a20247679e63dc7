import { defineConfig } from "vitest/config";

const onCluster = process.env["E2E_PLATFORM"] === "kubernetes";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Other platforms have no network policies.
    exclude: onCluster ? [] : ["test/network-policy.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // Each of these tests has the machine for itself.
    fileParallelism: false,
  },
});
