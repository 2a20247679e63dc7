import { expect, it } from "vitest";
import { pluginVersion, preparePlugins } from "./plugins.ts";

const versions = { docker: pluginVersion("docker"), random: pluginVersion("random") };

/** A CLI that has these plugins, and can or cannot download others. */
function cli(present: { name: string; version: string }[], downloads: boolean) {
  const asked: string[] = [];
  return {
    asked,
    read: (args: readonly string[]): Promise<string> => {
      if (args[1] === "ls") return Promise.resolve(JSON.stringify(present));
      asked.push(args.join(" "));
      return downloads ? Promise.resolve("") : Promise.reject(new Error("error: no route to host\nat x"));
    },
  };
}

it("downloads the plugins that are missing, or there in another version", async () => {
  const pulumi = cli(
    [
      { name: "docker", version: "1.0.0" },
      { name: "random", version: versions.random },
    ],
    true,
  );
  await preparePlugins(pulumi, ["docker", "random"], () => undefined);
  expect(pulumi.asked).toEqual([`plugin install resource docker ${versions.docker}`]);
});

it("says how to bring a plugin that cannot be downloaded", async () => {
  const attempt = preparePlugins(cli([], false), ["docker"], () => undefined);
  await expect(attempt).rejects.toThrow(
    `the engine's plugin docker ${versions.docker} is not here, and its download failed (error: no route to host). Get ` +
      `pulumi-resource-docker ${versions.docker} from https://github.com/pulumi/pulumi-docker/releases, then ` +
      `\`npm run pulumi -- plugin install resource docker ${versions.docker} --file FILE\``,
  );
});
