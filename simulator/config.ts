import { readFileSync } from "node:fs";
import type { UserFromGetMe } from "@grammyjs/types";
import { botOf } from "./bot.ts";

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly bot: UserFromGetMe;
  /** A snapshot is read from there, if it exists, and written there on request. */
  readonly stateFile: string | undefined;
  /** Id of a group that is always there, in which the bot tells of alerts. */
  readonly alertGroup: number | undefined;
}

/**
 * Reads the environment; `defaultToken` is for when it names no file with one. Throws one error that lists every
 * problem.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, defaultToken?: string): Config {
  const problems: string[] = [];
  const host = env["SIMULATOR_HOST"] ?? "127.0.0.1";
  if (host.trim() === "") problems.push("SIMULATOR_HOST is empty: leave it out for 127.0.0.1");

  const portText = env["SIMULATOR_PORT"] ?? "8081";
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : -1;
  if (port < 0 || port > 65_535) {
    problems.push(
      `SIMULATOR_PORT is ${JSON.stringify(portText)}: give a number from 0 to 65535 (0: any free port)`,
    );
  }

  const groupText = env["SIMULATOR_ALERT_GROUP"];
  if (groupText !== undefined && !/^-\d{1,15}$/.test(groupText)) {
    problems.push(
      `SIMULATOR_ALERT_GROUP is ${JSON.stringify(groupText)}: give the id of a group, which is below 0`,
    );
  }

  let token = "";
  let bot: UserFromGetMe | undefined;
  const file = env["BOT_TOKEN_FILE"] ?? "";
  if (file === "" && defaultToken !== undefined) {
    token = defaultToken;
    bot = botOf(token);
  } else if (file === "") {
    problems.push("BOT_TOKEN_FILE is not set: name a file that holds the bot's token");
  } else {
    try {
      token = readFileSync(file, "utf8").trim();
      bot = botOf(token);
    } catch (error) {
      problems.push(`BOT_TOKEN_FILE (${file}): ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  if (bot === undefined || problems.length > 0) {
    throw new Error(`the simulator cannot start:\n${problems.map((p) => `  - ${p}`).join("\n")}`);
  }
  const alertGroup = groupText === undefined ? undefined : Number(groupText);
  const stateFile = env["SIMULATOR_STATE_FILE"] ?? "";
  return { host, port, token, bot, stateFile: stateFile === "" ? undefined : stateFile, alertGroup };
}
