import { expect, it } from "vitest";
import { failedContainers } from "./docker-failed.ts";

const type = "docker:index/container:Container";
const state = (...resources: object[]): unknown => ({ deployment: { resources } });

it("names containers that did not become healthy, and tasks that failed", () => {
  const found = failedContainers(
    state(
      { urn: "healthy", type, outputs: { attach: false, exitCode: 0 } },
      { urn: "stopped", type, outputs: { attach: false, exitCode: 137 } },
      { urn: "unhealthy", type, initErrors: ["container failed to be in healthy state"] },
      { urn: "done", type, outputs: { attach: true, exitCode: 0 } },
      { urn: "failed", type, outputs: { attach: true, exitCode: 1 } },
      { urn: "other", type: "docker:index/network:Network", initErrors: ["x"] },
    ),
  );
  expect(found).toEqual(["unhealthy", "failed"]);
});

it("finds nothing in the state of a new stack", () => {
  expect(failedContainers({ deployment: { resources: null } })).toEqual([]);
  expect(failedContainers({ deployment: {} })).toEqual([]);
});
