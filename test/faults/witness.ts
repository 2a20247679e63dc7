import { z } from "zod";
import { FIRST_PERSON, PEOPLE_RANGE } from "../../loadtest/k6/lib/people.ts";
import type { Happening } from "../../loadtest/oracle.ts";
import { call } from "../../loadtest/simulator.ts";
import type { Stack } from "../alerts/stack.ts";
import { until } from "../support/wait.ts";

/** Milliseconds in which what a dead process had leased (30 s) is sent by another one. */
const LEASES = 90_000;

const ours = `BETWEEN ${PEOPLE_RANGE.from} AND ${PEOPLE_RANGE.to}`;

/**
 * Triggers that note what each update did: a change of the person, and messages. A message gets the number of its note as
 * the last line of its text, which the simulator keeps. All of it happens in the transaction of the update.
 */
const install = `
  CREATE SCHEMA faults;
  CREATE TABLE faults.effects (n bigserial PRIMARY KEY, update_id bigint NOT NULL, chat_id bigint NOT NULL);
  CREATE TABLE faults.messages (id bigint PRIMARY KEY, update_id bigint NOT NULL, chat_id bigint NOT NULL);
  CREATE FUNCTION faults.note_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    PERFORM set_config('faults.update', NEW.update_id::text, true);
    RETURN NEW;
  END $$;
  CREATE FUNCTION faults.note_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO faults.effects (update_id, chat_id)
    VALUES (current_setting('faults.update')::bigint, NEW.id);
    RETURN NULL;
  END $$;
  CREATE FUNCTION faults.note_message() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO faults.messages VALUES (NEW.id, NEW.update_id, NEW.chat_id);
    NEW.payload := jsonb_set(NEW.payload::jsonb, '{text}', to_jsonb((NEW.payload->>'text') || E'\\n#' || NEW.id));
    RETURN NEW;
  END $$;
  CREATE TRIGGER faults_update BEFORE INSERT ON receipts FOR EACH ROW WHEN (NEW.user_id ${ours})
    EXECUTE FUNCTION faults.note_update();
  CREATE TRIGGER faults_effect AFTER UPDATE OF is_searching ON users FOR EACH ROW WHEN (NEW.id ${ours})
    EXECUTE FUNCTION faults.note_effect();
  CREATE TRIGGER faults_message BEFORE INSERT ON outbox FOR EACH ROW
    WHEN (NEW.chat_id ${ours} AND NEW.update_id IS NOT NULL AND NEW.payload->>'text' IS NOT NULL)
    EXECUTE FUNCTION faults.note_message();
  -- So that backups can read it.
  GRANT USAGE ON SCHEMA faults TO PUBLIC;
  GRANT SELECT ON ALL TABLES IN SCHEMA faults TO PUBLIC;
  GRANT SELECT ON ALL SEQUENCES IN SCHEMA faults TO PUBLIC;
`;
const remove = "DROP SCHEMA IF EXISTS faults CASCADE";
const forget = [
  ...["receipts WHERE user_id", "outbox WHERE chat_id", "jobs WHERE user_id", "csv_results WHERE user_id"],
  "users WHERE id",
].map((rows) => `DELETE FROM ${rows} ${ours}`);

/** From now on every receipt is a new one, so that no update is known to have come before: what is tested must fail. */
const forgetful = `
  CREATE SEQUENCE faults.receipt;
  CREATE FUNCTION faults.forget_receipt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    NEW.update_id := -nextval('faults.receipt');
    RETURN NEW;
  END $$;
  -- Triggers of one kind run in the order of their names.
  CREATE TRIGGER faults_update_forgotten BEFORE INSERT ON receipts FOR EACH ROW
    EXECUTE FUNCTION faults.forget_receipt();
`;

/** A message of an update. */
export interface Message extends Happening {
  readonly update: number;
}

/** What the database and the simulator know about updates. */
export interface Known {
  readonly effects: readonly Happening[];
  readonly messages: readonly Message[];
  readonly excused: readonly number[];
  readonly sends: readonly Message[];
}

export interface Witness {
  /** Switches receipts off, until the end. */
  switchReceiptsOff(): Promise<void>;
  /** Waits until no message waits for another try. */
  calm(): Promise<void>;
  /** Waits until no message waits any more, and tells all. */
  tell(): Promise<Known>;
  /** Removes all that it has brought. */
  close(): Promise<void>;
}

const marks = z.array(z.string());

/** Makes so many people known to the bot, and notes what becomes of their updates. */
export async function startWitness(stack: Stack, people: number): Promise<Witness> {
  await stack.sql(
    remove,
    ...forget,
    install,
    `INSERT INTO users (id, user_type, name)
     SELECT ${FIRST_PERSON} + n, 'participant', 'Somebody' FROM generate_series(0, ${people - 1}) n`,
  );
  const sink = { ...PEOPLE_RANGE, marks: true };
  await call(stack.simulator, "/simulator/api/sink", { method: "PUT", body: JSON.stringify(sink) });

  async function rows(sql: string): Promise<Message[]> {
    const client = await stack.connect();
    try {
      const { rows: found } = await client.query<Record<keyof Message, string>>(sql);
      return found.map(({ id, chat, update }) => ({
        id: Number(id),
        chat: Number(chat),
        update: Number(update),
      }));
    } finally {
      await client.end();
    }
  }

  const columns = "id, chat_id AS chat, update_id AS update FROM";
  const waiting = `SELECT ${columns} outbox WHERE failed_at IS NULL AND chat_id ${ours}`;

  return {
    switchReceiptsOff: () => stack.sql(forgetful),
    async calm() {
      const tried = `${waiting} AND attempts > 0`;
      await until("no message is tried again", async () => (await rows(tried)).length === 0, LEASES);
    },
    async tell() {
      await until("every message has left", async () => (await rows(waiting)).length === 0, LEASES);
      const effects = await rows("SELECT update_id AS id, chat_id AS chat FROM faults.effects ORDER BY n");
      const messages = await rows(`SELECT ${columns} faults.messages ORDER BY id`);
      // After 20 s Telegram refuses the answer to a press, so that it is not sent.
      const late = await rows(
        `SELECT ${columns} outbox WHERE method = 'answerCallbackQuery' AND error = 'too old'`,
      );
      const byId = new Map(messages.map((message) => [message.id, message]));
      const sends = marks
        .parse(await call(stack.simulator, "/simulator/api/sink/marks"))
        .flatMap((mark) => (/^#\d+$/.test(mark) ? [Number(mark.slice(1))] : []))
        .map((id) => byId.get(id) ?? { id, chat: 0, update: Number.MAX_SAFE_INTEGER });
      return { effects, messages, excused: late.map(({ id }) => id), sends };
    },
    close: () => stack.sql(remove, ...forget),
  };
}
