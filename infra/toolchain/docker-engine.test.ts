import { expect, it } from "vitest";
import { engineProblems, type DockerEngine } from "./docker-engine.ts";

const fit: DockerEngine = {
  host: "unix:///var/run/docker.sock",
  version: "28.2.2",
  api: "1.50",
  os: "linux",
  arch: "amd64",
  freeGb: 20,
};

it("an engine that is new enough, with room for the images, has no problem", () => {
  expect(engineProblems(fit)).toEqual([]);
  expect(engineProblems({ ...fit, api: "1.41", arch: "arm64", freeGb: undefined })).toEqual([]);
});

it.each([
  [
    "too old",
    { version: "19.03.1", api: "1.40" },
    /Docker 19\.03\.1 is too old \(API 1\.40\): version 20\.10/,
  ],
  ["of Windows", { os: "windows" }, /runs windows containers: switch it to Linux/],
  ["of a machine without images", { arch: "s390x" }, /no images for s390x: .* amd64, arm64/],
  ["without room", { freeGb: 1.234 }, /1\.2 GB are free .* 5 are needed: `docker system df`/],
])("an engine %s is refused with what to do", (_name, more, problem) => {
  const problems = engineProblems({ ...fit, ...more });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
});

it("names all that is wrong at once", () => {
  expect(engineProblems({ ...fit, api: "1.40", os: "windows", arch: "arm", freeGb: 0 })).toHaveLength(4);
});
