import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { goModule } from "./go-module.ts";
import { versionOf } from "./on-path.ts";

const missing = (await versionOf("go", ["version"])) === undefined;
const module = {
  path: "github.com/yannh/kubeconform",
  version: "v0.8.0",
  sum: "h1:WRONG",
};

describe.skipIf(missing)("goModule", () => {
  it("gives the folder of a module, and refuses one with another content", async () => {
    await expect(goModule(module)).rejects.toThrow(
      "github.com/yannh/kubeconform@v0.8.0 has checksum h1:loDYd3a3spjIFrauqW67CDKF55Oo9R6uvC8AvpVd4ug= instead of h1:WRONG: not used",
    );
    const folder = await goModule({ ...module, sum: "h1:loDYd3a3spjIFrauqW67CDKF55Oo9R6uvC8AvpVd4ug=" });
    expect(existsSync(join(folder, "cmd/kubeconform"))).toBe(true);
  });

  it("says why a module cannot be had", async () => {
    const unknown = { ...module, version: "v0.0.999" };
    await expect(goModule(unknown)).rejects.toThrow(
      /^cannot get the Go module github.com\/yannh\/kubeconform@v0.0.999: (?!\{)./,
    );
  });
});
