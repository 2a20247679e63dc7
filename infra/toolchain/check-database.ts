// `npm run check-database`: is the database of a local stack as the bot needs it?
import { parseArgs } from "node:util";
import { runLike, specOf } from "./local-program.ts";

try {
  const { values } = parseArgs({ options: { stack: { type: "string", short: "s", default: "dev" } } });
  // The owner of the database sees most.
  const spec = specOf(values.stack, "migrate");
  if (spec === undefined) {
    throw new Error(`stack ${values.stack} is not up: \`npm run up -- --stack ${values.stack}\``);
  }
  runLike(spec, ["app/database/check-main.ts"]);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
