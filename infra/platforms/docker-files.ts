import docker, { type types } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Placement, WorkloadArgs } from "../workload.ts";

/** Everything that a container gets as files lies below this folder. */
const FOLDER = "/etc/launchlab";
const FILES = `${FOLDER}/files`;
const SECRETS = `${FOLDER}/secrets`;
const CERTIFICATE = { certificate: `${FOLDER}/certificate/tls.crt`, key: `${FOLDER}/certificate/tls.key` };

/** The text of a certificate with its chain, and of its private key, in PEM format. */
export interface CertificateTexts {
  readonly certificate: pulumi.Input<string>;
  readonly key: pulumi.Input<string>;
}

/** A file in a container, owned by root and readable by the one program that runs there. */
export interface Upload {
  readonly file: string;
  readonly content: pulumi.Input<string>;
}

/** Where a replica finds what `uploadsOf` puts there. */
export const filePlaces: Pick<Placement, "file" | "secret"> = {
  file: (path) => (path === "." ? FILES : `${FILES}/${path}`),
  secret: (name) => `${SECRETS}/${name}`,
};
export const certificatePlaces = CERTIFICATE;

/** Config files, secrets and certificate of a replica. */
export function uploadsOf(
  name: string,
  args: Pick<WorkloadArgs, "files" | "secrets" | "certificate">,
  at: Placement,
  certificate: CertificateTexts | undefined,
): Upload[] {
  const files = (args.files?.(at) ?? []).map((file) => {
    if ("from" in file) throw new Error(`${name}: there is no ${file.from.secret} on this platform`);
    const content = file.secret === true ? pulumi.secret(file.content) : file.content;
    return { file: at.file(file.path), content };
  });
  const secrets = Object.entries(args.secrets ?? {}).map(([secret, value]) => ({
    file: at.secret(secret),
    content: pulumi.secret(value),
  }));
  if (args.certificate === undefined) return [...files, ...secrets];
  if (certificate === undefined) throw new Error(`there is no certificate for ${name}`);
  return [
    ...files,
    ...secrets,
    { file: CERTIFICATE.certificate, content: certificate.certificate },
    { file: CERTIFICATE.key, content: pulumi.secret(certificate.key) },
  ];
}

export interface HolderArgs {
  readonly image: pulumi.Input<string>;
  readonly uploads: readonly Upload[];
  readonly labels: types.input.ContainerLabel[];
}

/**
 * A container that never runs and whose volume holds the files of another one: into a container with a root that nobody
 * can write, the engine copies no files. What the other one mounts of it is read-only, and goes when it does. Returns
 * what to mount.
 */
export function createHolder(
  name: string,
  { image, uploads, labels }: HolderArgs,
  opts: pulumi.CustomResourceOptions,
): { readonly holder: docker.Container; readonly volume: types.input.ContainerVolume } {
  const holder = new docker.Container(
    name,
    {
      image,
      // Some images name none.
      command: ["none"],
      start: false,
      mustRun: false,
      networkMode: "none",
      logDriver: "json-file",
      volumes: [{ containerPath: FOLDER }],
      uploads: uploads.map(({ file, content }) => ({ file, content, permissions: "0444" })),
      labels,
    },
    {
      ...opts,
      // The engine marks single values; what a plugin returns of a list need not be in the same order.
      additionalSecretOutputs: ["uploads"],
      // Said in so many words: the plugin wants the old one gone first, and with it all programs that use it.
      deleteBeforeReplace: false,
    },
  );
  return { holder, volume: { fromContainer: pulumi.interpolate`${holder.name}:ro` } };
}
