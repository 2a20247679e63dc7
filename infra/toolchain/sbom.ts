// `npm run sbom`: all that the stack is made of, as one CycloneDX document: the packages of npm from the lock file, the
// images that are not built here, and the programs that stand in for them on one machine.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { clusterImages, images } from "../images.ts";
import { packages } from "../packages.ts";
import { checkout } from "./folders.ts";

const documentSchema = z.looseObject({
  bomFormat: z.literal("CycloneDX"),
  components: z.array(z.looseObject({ "bom-ref": z.string() })),
});
type Document = z.infer<typeof documentSchema>;

/** What npm knows; needs no network. */
function npmDocument(): Document {
  const options = ["--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=application"];
  const text = execFileSync("npm", ["sbom", ...options], { cwd: checkout, encoding: "utf8", maxBuffer: 1e8 });
  return documentSchema.parse(JSON.parse(text));
}

/** `postgres:17.6` as a package URL: `pkg:docker/postgres@17.6`, other registries beside it. */
export function imageUrl(reference: string): string {
  const [, name = "", version = ""] = /^(.+):([^/:]+)$/.exec(reference) ?? [];
  const [host = "", ...rest] = name.split("/");
  const other = host.includes(".");
  const path = other ? rest.join("/") : name;
  return `pkg:docker/${path}@${version}${other ? `?repository_url=${encodeURIComponent(host)}` : ""}`;
}

const foreign = [
  ...Object.values(images).flatMap((image) => ("source" in image ? [] : [image.reference])),
  ...Object.values(clusterImages),
];

/** Components that npm does not know. */
export const otherComponents = (): Document["components"] => [
  ...foreign.map((reference) => {
    const purl = imageUrl(reference);
    const [name = "", version = ""] = reference.split(/:(?=[^/:]+$)/);
    return { type: "container", name, version, purl, "bom-ref": purl };
  }),
  // Whatever version the machine has, from this one on.
  ...Object.entries(packages).map(([ref, { name, minimum }]) => ({
    type: "application",
    name,
    "bom-ref": `program:${ref}`,
    properties: [{ name: "launchlab:minimum", value: minimum }],
  })),
];

/** The whole document. */
export function softwareBill(): Document {
  const document = npmDocument();
  return { ...document, components: [...document.components, ...otherComponents()] };
}

if (import.meta.main) {
  const folder = join(checkout, ".launchlab");
  const file = join(folder, "sbom.cdx.json");
  const document = softwareBill();
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.log(`${document.components.length} components are in ${file}`);
}
