import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { unwrap } from "../process-provider/secrets.ts";
import { hash } from "../workload.ts";

/** An object as it is sent to Kubernetes. */
export const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.infer<typeof manifestSchema>;

const inputsSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.looseObject({ name: z.string().optional() });

/** What stands for a password that nobody has made yet. */
export const placeholder = (name: string): string => `<${name}>`;

/**
 * Answers in place of the cluster and of the maker of passwords. What has no name gets one from its content, as
 * the provider gives it a random one: a change makes a new object either way. A Secret's name says nothing about
 * its content. `seen` gets every object.
 */
export function clusterMocks(seen: (manifest: Manifest) => void): pulumi.runtime.Mocks {
  return {
    call: ({ token }) => {
      throw new Error(`unexpected call of ${token}`);
    },
    newResource: ({ type, name, inputs }) => {
      const state = inputsSchema.parse(unwrap(inputs));
      if (type === "random:index/randomPassword:RandomPassword")
        return { id: name, state: { ...state, result: placeholder(name) } };
      if (!type.startsWith("kubernetes:")) return { id: name, state };
      const metadata = metadataSchema.parse(state["metadata"]);
      const contentHash = (): string => hash(JSON.stringify(state["data"] ?? {}));
      const own = metadata.name ?? (state["kind"] === "Secret" ? name : `${name}-${contentHash()}`);
      const manifest = { ...state, metadata: { ...metadata, name: own } };
      seen(manifestSchema.parse(manifest));
      return { id: name, state: manifest };
    },
  };
}
