import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { hash } from "../workload.ts";
import { cacheFolder } from "./folders.ts";
import { needGo } from "./go-build.ts";
import { goModule, type GoModule } from "./go-module.ts";
import { builtinKinds, customKinds, type KindSchema } from "./kubeconform-schema.ts";
import { withLock } from "./lock.ts";

const KUBERNETES: GoModule = {
  path: "k8s.io/kubernetes",
  version: "v1.36.3",
  sum: "h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=",
};

interface CustomKinds {
  readonly module: GoModule;
  /** Its files that define the kinds. */
  readonly files: readonly string[];
}

/** Kinds that manifests use and a cluster gets with an operator. */
const CUSTOM: readonly CustomKinds[] = [
  {
    module: {
      path: "github.com/cloudnative-pg/cloudnative-pg",
      version: "v1.30.0",
      sum: "h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0=",
    },
    files: ["clusters", "poolers", "scheduledbackups"].map(
      (kind) => `config/crd/bases/postgresql.cnpg.io_${kind}.yaml`,
    ),
  },
  {
    module: {
      path: "github.com/cert-manager/cert-manager",
      version: "v1.21.2",
      sum: "h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=",
    },
    files: ["certificates", "issuers"].map((kind) => `deploy/crds/cert-manager.io_${kind}.yaml`),
  },
  {
    module: {
      path: "github.com/kedacore/keda/v2",
      version: "v2.21.0",
      sum: "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
    },
    files: ["scaledobjects", "triggerauthentications"].map((kind) => `config/crd/bases/keda.sh_${kind}.yaml`),
  },
  {
    module: {
      path: "sigs.k8s.io/gateway-api",
      version: "v1.6.3",
      sum: "h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=",
    },
    files: ["httproutes", "gateways"].map(
      (kind) => `config/crd/standard/gateway.networking.k8s.io_${kind}.yaml`,
    ),
  },
  {
    module: {
      path: "github.com/prometheus-operator/prometheus-operator",
      version: "v0.85.0",
      sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    },
    files: ["podmonitors", "prometheusrules"].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  },
  {
    module: {
      path: "github.com/bitnami-labs/sealed-secrets",
      version: "v0.40.0",
      sum: "h1:rvCP35JL8ZV5LNA2SrwNR6iLyoM3ulrSFWN0lBtYEYI=",
    },
    files: ["helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml"],
  },
];

/** As kubeconform fills it in. What has no group stands under its version. */
const NAME = "{{.Group}}-{{.ResourceKind}}-{{.ResourceAPIVersion}}.json";
const nameOf = ({ group, version, kind }: KindSchema): string =>
  `${group === "" ? version : group}-${kind.toLowerCase()}-${version}.json`;

async function write(folder: string): Promise<void> {
  const swaggerPath = join(await goModule(KUBERNETES), "api/openapi-spec/swagger.json");
  const swagger: unknown = JSON.parse(readFileSync(swaggerPath, "utf8"));
  const custom = await Promise.all(
    CUSTOM.map(async ({ module, files }) => {
      const root = await goModule(module);
      return files.flatMap((file) => customKinds(parse(readFileSync(join(root, file), "utf8")), swagger));
    }),
  );
  mkdirSync(folder, { recursive: true });
  for (const kind of [...builtinKinds(swagger), ...custom.flat()])
    writeFileSync(join(folder, nameOf(kind)), JSON.stringify(kind.schema));
}

/**
 * kubeconform's argument `-schema-location`: strict schemas of Kubernetes' own kinds and of the operators', made once
 * from what their Go modules hold. kubeconform itself would download them from a third party's repository, which is not
 * reachable everywhere. Throws a MissingProgram where Go is not installed.
 */
export async function schemaLocation(say: (line: string) => void = console.error): Promise<string> {
  const sources = ["kubeconform-schema.ts", "kubeconform-schemas.ts"].map((file) =>
    readFileSync(join(import.meta.dirname, file), "utf8"),
  );
  const folder = cacheFolder("kubeconform", "schemas", hash(sources.join("")));
  if (!existsSync(folder)) {
    await withLock(`${folder}.lock`, async () => {
      if (existsSync(folder)) return;
      await needGo("the schemas of Kubernetes' objects come as Go modules: install Go 1.26 or newer.");
      say("Making the schemas of Kubernetes' objects, once for this user.");
      const next = `${folder}.new`;
      rmSync(next, { recursive: true, force: true });
      await write(next);
      renameSync(next, folder);
    });
  }
  return join(folder, NAME);
}
