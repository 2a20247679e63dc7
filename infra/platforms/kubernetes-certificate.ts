import k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { isIP } from "node:net";
import type { Scope } from "./kubernetes-scope.ts";

/** Where certificates come from. */
export interface CertificateArgs {
  /** Name of a Secret of type kubernetes.io/tls that somebody else keeps. @default none */
  readonly tlsSecret?: string | undefined;
  /** NAME or ClusterIssuer/NAME or Issuer/NAME of cert-manager, which makes and renews it. @default none */
  readonly tlsIssuer?: string | undefined;
}

/** The Secret with the certificate for this host, and what makes it. Throws when nothing says where it comes from. */
export function createCertificate(
  { name, metadata, opts }: Scope,
  host: string,
  { tlsSecret, tlsIssuer }: CertificateArgs,
): { secret: pulumi.Input<string>; nodes: pulumi.Resource[] } {
  if (tlsSecret !== undefined) return { secret: tlsSecret, nodes: [] };
  if (tlsIssuer === undefined) throw new Error(`nothing says where the certificate of ${name} comes from`);
  const [issuer = tlsIssuer, kind = "ClusterIssuer"] = tlsIssuer.split("/").reverse();
  const own = `${name}-certificate`;
  const certificate = new k8s.apiextensions.CustomResource(
    own,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      // Without it, `up` would wait for pods that wait for the Secret, and could not say why there is none.
      metadata: { ...metadata, name: own, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
      spec: {
        secretName: own,
        ...(isIP(host) > 0 ? { ipAddresses: [host] } : { dnsNames: [host] }),
        issuerRef: { group: "cert-manager.io", kind, name: issuer },
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        usages: ["digital signature", "server auth"],
      },
    },
    opts,
  );
  return { secret: own, nodes: [certificate] };
}
