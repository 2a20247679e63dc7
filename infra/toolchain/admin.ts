// `npm run admin -- COMMAND`: tokens of the admin API and its audit, on a local stack.
import { parseArgs } from "node:util";
import { runLike, specOf } from "./local-program.ts";

try {
  const { values, tokens } = parseArgs({
    options: { stack: { type: "string", short: "s", default: "dev" } },
    allowPositionals: true,
    // The others are the program's.
    strict: false,
    tokens: true,
  });
  const stack = String(values.stack);
  const rest = tokens.flatMap((token) => {
    if (token.kind === "positional") return [token.value];
    if (token.kind !== "option" || token.name === "stack") return [];
    return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
  });
  const spec = specOf(stack, "migrate");
  if (spec === undefined) throw new Error(`stack ${stack} is not up: \`npm run up -- --stack ${stack}\``);
  runLike(spec, ["app/admin/main.ts", ...rest]);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
