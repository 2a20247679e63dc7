import {
  endRequest,
  failRequest,
  noteProgress,
  noteService,
  postponeRequest,
  takeRequest,
  type BackupRequest,
  type RequestKind,
} from "../database/backup-requests.ts";
import type { Database } from "../database/pool.ts";
import type { Log } from "../log.ts";
import { every, repeat } from "../repeat.ts";
import { backUp } from "./back-up.ts";
import type { BackupConfig } from "./config.ts";
import { askForDue } from "./due.ts";
import { BackupError } from "./error.ts";
import { openPlaces, type Places } from "./places.ts";
import { publish } from "./publish.ts";
import { recorded } from "./record.ts";
import { confirm, replaceLive, rollBack } from "./replace.ts";
import { Busy } from "./session.ts";
import type { Progress, Step } from "./progress.ts";

/** Milliseconds between two looks, and between two notes of how far it is. */
const LOOK_MS = 2000;
const SEEN_MS = 15_000;
const DUE_MS = 20_000;
const LIST_MS = 300_000;

interface Options {
  readonly config: BackupConfig;
  readonly database: Database;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What it can be asked for: with the recipient backups are made, with the identity they are restored. */
const kindsOf = ({ recipient, identity }: BackupConfig): RequestKind[] => [
  ...(recipient === undefined ? [] : (["create"] as const)),
  ...(identity === undefined ? [] : (["restore", "rollback", "confirm"] as const)),
];

/** Does what is asked for; returns the name of the backup that it was about. */
async function fulfil(
  { kind, name, cause }: BackupRequest,
  config: BackupConfig,
  places: Places,
  signal: AbortSignal,
): Promise<string | null> {
  switch (kind) {
    case "create": {
      const work = () => backUp(config, places, signal, cause);
      return (await recorded(config, "backup", work, ({ manifest }) => manifest)).manifest.name;
    }
    case "restore":
      await replaceLive(config, places.all, name ?? "", signal);
      return name;
    case "rollback":
      await rollBack(config);
      return null;
    case "confirm":
      await confirm(config);
      return null;
  }
}

function unlessBusy(error: unknown): void {
  if (!(error instanceof Busy)) throw error;
}

/**
 * Takes up what operators and the clock ask for, one after the other, until the signal is aborted; resolves when the
 * last of it has ended. What runs then is stopped, and leaves nothing behind.
 */
export async function serve({ config, database, log, signal }: Options): Promise<void> {
  const { query } = database;
  const kinds = kindsOf(config);
  let at: { step: Step; bytes: number; total: number | undefined } | undefined;
  const progress: Progress = (step, bytes, total) => (at = { step, bytes, total });
  const places = await openPlaces(config, progress);

  /** Notes how a request ended: for as long as it takes, since the database may just have been replaced. */
  const note = (work: () => Promise<void>): Promise<void> =>
    repeat("noting how a request ended", log, new AbortController().signal, () => work().then(() => true));

  async function perform(request: BackupRequest): Promise<void> {
    const { id, kind, name } = request;
    log.info({ request: id, kind, name }, "taken up");
    at = undefined;
    const over = new AbortController();
    const noting = every(LOOK_MS, "noting how far it is", log, over.signal, () =>
      noteProgress(query, id, at?.step, at?.bytes, at?.total),
    );
    try {
      const done = await fulfil(request, config, places, signal);
      over.abort();
      await noting;
      await note(() => publish(query, places.all));
      await note(() => endRequest(query, id, done));
      log.info({ request: id, kind, name: done }, "done");
    } catch (error) {
      over.abort();
      await noting;
      if (error instanceof Busy) {
        await note(() => postponeRequest(query, id));
        return;
      }
      const known = error instanceof BackupError;
      const reason = signal.aborted
        ? "stopped: ask again"
        : known
          ? error.message
          : "failed: its log says why";
      log.error({ request: id, kind, ...(known ? { reason } : { err: error }) }, "failed");
      await note(() => failRequest(query, id, reason));
    }
  }

  await Promise.all([
    every(SEEN_MS, "saying that somebody is here", log, signal, () => noteService(query, kinds)),
    every(LIST_MS, "copying and listing the backups", log, signal, async () => {
      // What was not copied when it was made.
      if (kinds.includes("create")) await places.copy().catch(unlessBusy);
      await publish(query, places.all);
    }),
    every(LOOK_MS, "looking for requests", log, signal, async () => {
      const request = await takeRequest(query, kinds);
      if (request !== undefined) await perform(request);
    }),
    every(DUE_MS, "looking at the schedule", log, signal, async () => {
      if (kinds.includes("create")) await askForDue(query, new Date());
    }),
  ]);
}
