import { expect, it } from "vitest";
import { removalsOf } from "./docker-leftovers.ts";

const pending = (type: string, kind: string, name?: string): object => ({
  type,
  resource: { type: kind, inputs: name === undefined ? {} : { name } },
});

it("removes containers, with the volumes of their files, and networks that were being made", () => {
  const state = {
    deployment: {
      pending_operations: [
        pending("creating", "docker:index/container:Container", "web-0-a1b2c3d"),
        pending("creating", "docker:index/network:Network", "web-1234567"),
      ],
    },
  };
  expect(removalsOf(state)).toEqual([
    ["rm", "--force", "--volumes", "web-0-a1b2c3d"],
    ["network", "rm", "web-1234567"],
  ]);
});

it("leaves alone what holds data, what was there before, and what has no name", () => {
  const state = {
    deployment: {
      pending_operations: [
        pending("creating", "docker:index/volume:Volume", "postgres-data-1"),
        pending("updating", "docker:index/container:Container", "postgres-1"),
        pending("deleting", "docker:index/container:Container", "postgres-1"),
        pending("creating", "docker:index/container:Container"),
      ],
    },
  };
  expect(removalsOf(state)).toEqual([]);
  expect(removalsOf({ deployment: {} })).toEqual([]);
});
