import * as pulumi from "@pulumi/pulumi";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkout } from "./toolchain/folders.ts";

/** A resource before it is registered. */
export interface Planned {
  /** Such as `kubernetes:apps/v1:Deployment`, `process:index:Process`, or `launchlab:index:Gateway`. */
  readonly type: string;
  readonly name: string;
  readonly props: pulumi.Inputs;
  readonly opts: pulumi.ResourceOptions;
}

/** Returns what it changes; nothing for a resource that stays as it is. */
export type Transform = (
  resource: Planned,
) => { readonly props?: pulumi.Inputs; readonly opts?: pulumi.ResourceOptions } | undefined;

const isTransform = (value: unknown): value is Transform => typeof value === "function";

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The default export of the module at `path`, seen from the checkout. Throws a RunError that says what it should be. */
export async function loadTransform(path: string): Promise<Transform> {
  const file = resolve(checkout, path);
  const problem = (what: string): pulumi.RunError =>
    new pulumi.RunError(
      `launchlab:transform ${what}: ${file} must export a function of a resource as its default`,
    );
  if (!existsSync(file)) throw problem("names a file that does not exist");
  const loaded: unknown = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw problem(`cannot be loaded (${reason(error)})`);
  });
  const found: unknown =
    typeof loaded === "object" && loaded !== null && "default" in loaded && loaded.default;
  if (!isTransform(found)) throw problem("has no function");
  return found;
}

/**
 * Shows every resource that is made from now on to the transform. In this process: the engine's own transforms do not
 * work where there is no engine.
 */
export function registerTransform(transform: Transform): void {
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    try {
      const changed = transform({ type, name, props, opts });
      return changed && { props: changed.props ?? props, opts: changed.opts ?? opts };
    } catch (error) {
      throw new pulumi.RunError(`launchlab:transform failed for ${name} (${type}): ${reason(error)}`);
    }
  });
}
