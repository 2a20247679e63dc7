import docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { hashFiles } from "../source-hash.ts";
import { checkout } from "../toolchain/folders.ts";
import type { Image } from "../workload.ts";
import { mirrored } from "./mirror.ts";

/** How one of the checkout's own images is made. */
export interface Build {
  /** Path in the checkout, which is what it is built from. */
  readonly dockerfile: string;
  /** Files and folders of the checkout that get into it. */
  readonly source: readonly string[];
}

export interface ImageArgs {
  /** By the reference of the image that is made; others are pulled. */
  readonly builds: Readonly<Record<string, Build>>;
  /** Stands before images of Docker Hub. @default none */
  readonly registry?: string | undefined;
  /** Network of what the Dockerfile runs. @default the engine's own */
  readonly buildNetwork?: "host" | undefined;
  /** System and processor of the engine's machine, such as linux/arm64. @default those of this one */
  readonly buildPlatform?: string | undefined;
}

/** The same repository, with the content as its tag: another content is another image, and the same is not made twice. */
export const builtReference = (reference: string, { source, dockerfile }: Build): string =>
  `${reference.replace(/:[^:/]+$/, "")}:${hashFiles(checkout, [dockerfile, ...source])}`;

/** What containers are told to run: images that are pulled by name, and those that are built, once each. */
export function createImages(
  { builds, registry, buildNetwork, buildPlatform }: ImageArgs,
  opts: pulumi.CustomResourceOptions,
): (image: Image) => pulumi.Input<string> {
  const built = new Map<string, pulumi.Output<string>>();
  return ({ reference }) => {
    const build = builds[reference];
    if (build === undefined) return mirrored(reference, registry);
    const [name = ""] = /[^/:]+(?=:|$)/.exec(reference) ?? [];
    const made =
      built.get(reference) ??
      new docker.Image(
        name,
        {
          imageName: builtReference(reference, build),
          skipPush: true,
          build: {
            // The plugin does not run in the checkout.
            context: checkout,
            dockerfile: join(checkout, build.dockerfile),
            args: registry === undefined ? {} : { REGISTRY: `${registry}/` },
            ...(buildNetwork === undefined ? {} : { network: buildNetwork }),
            ...(buildPlatform === undefined ? {} : { platform: buildPlatform }),
          },
        },
        opts,
      ).imageName;
    built.set(reference, made);
    return made;
  };
}
