import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{app,infra,simulator,loadtest,dashboards}/**/*.test.ts", "test/{alerts,faults}/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // The machine may have two cores, and most files start real servers.
    maxWorkers: 2,
  },
});
