import { readConfig } from "./config.ts";
import { start } from "./start.ts";

/*
 * `npm run simulator`: for trying a bot by hand, without the rest of the stack. Its token is the same every time,
 * so that the bot's settings hold; it opens nothing but this simulator.
 */
const TOKEN = `7000000001:${"SIMULATOR-".repeat(4).slice(0, 35)}`;

try {
  const config = readConfig(process.env, TOKEN);
  start({
    config,
    onError: (error) => console.error("A request failed, which is the simulator's own fault:", error),
    onReady: (url) =>
      console.log(`The Telegram simulator runs.

  Bot API    ${url}
  Token      ${config.token}
  Chat page  ${url}/
  Control    ${url}/simulator/api/openapi.json
  OpenAI     ${url}/v1 (any key)

Give your bot the token, and the first address in place of https://api.telegram.org. Then open the page and
write to it. Ctrl-C ends the simulator, and it forgets everything.`),
    onStop: () => undefined,
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
