import { goProgram } from "./go-program.ts";

/** Path of kubeseal. Throws a MissingProgram. */
export const kubeseal = (say: (line: string) => void = console.error): Promise<string> =>
  goProgram(
    {
      module: "kubeseal",
      package: "github.com/bitnami/sealed-secrets/cmd/kubeseal",
      version: "0.40.0",
      // Keeps a Secret's type and labels as this one does.
      oldest: "0.17.0",
      versionArgs: ["--version"],
      install: "kubeseal (https://github.com/bitnami/sealed-secrets#kubeseal), or Go 1.26.8 or newer",
      effort: "about a minute on two cores",
    },
    say,
  );
