// Runs in a container, beside the program that it starts whenever that is due:
//   node scheduler.ts SCHEDULE LONGEST_SECONDS STOP_SECONDS COMMAND...
// One run at a time; what the program writes is the container's log. SIGTERM lets a run end in order, and ends all.
import { Cron } from "croner";
import { spawn, type ChildProcess } from "node:child_process";

const [schedule = "", longest, stopping, program = "", ...args] = process.argv.slice(2);
const [longestMs, stopMs] = [Number(longest) * 1000, Number(stopping) * 1000];
const say = (line: string): void => console.log(`[scheduler] ${line}`);

let run: ChildProcess | undefined;
let leaving = false;

/** Only the program itself is asked; the kill is for all that it has started. */
function end(child: ChildProcess): void {
  child.kill("SIGTERM");
  setTimeout(() => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    say("the run did not stop: killed");
    process.kill(-child.pid, "SIGKILL");
  }, stopMs).unref();
}

const cron = new Cron(schedule, { timezone: "UTC" }, () => {
  if (run !== undefined) {
    say("it is due, and the last run goes on still: left out");
    return;
  }
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
  run = child;
  say("a run has begun");
  const limit = setTimeout(() => {
    say(`the run has not ended within ${longest} s`);
    end(child);
  }, longestMs);
  const over = (how: string): void => {
    clearTimeout(limit);
    run = undefined;
    say(`the run has ended: ${how}`);
    if (leaving) process.exit(0);
    else say(`next: ${cron.nextRun()?.toISOString() ?? "never"}`);
  };
  child.once("error", (error) => over(error.message));
  child.once("exit", (code, signal) => over(signal ?? `exit code ${code}`));
});
say(`next: ${cron.nextRun()?.toISOString() ?? "never"}`);

process.once("SIGTERM", () => {
  leaving = true;
  cron.stop();
  if (run === undefined) process.exit(0);
  end(run);
});
