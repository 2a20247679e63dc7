import { goProgram } from "./go-program.ts";

const VERSION = "0.8.0";

/** Path of kubeconform. Throws a MissingProgram. */
export const kubeconform = (say: (line: string) => void): Promise<string> =>
  goProgram(
    {
      module: "kubeconform",
      package: "github.com/yannh/kubeconform/cmd/kubeconform",
      ldflags: `-X main.version=v${VERSION}`,
      version: VERSION,
      // Reads its schemas and prints its findings as this one does.
      oldest: "0.6.7",
      versionArgs: ["-v"],
      install: "kubeconform (https://github.com/yannh/kubeconform), or Go 1.26 or newer",
      effort: "less than a minute",
    },
    say,
  );
