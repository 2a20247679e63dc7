import { anonymise } from "./anonymise.ts";
import { audit } from "./audit.ts";
import { csv } from "./csv.ts";
import { inactive } from "./inactive.ts";
import { broadcast } from "./broadcast.ts";
import { expireInvitations, remindInvitations } from "./invitations.ts";
import type { AnyJobKind } from "./job.ts";
import { mentorPartitions } from "./mentor-partitions.ts";
import { mentorAnswer } from "./mentor.ts";
import { myData } from "./my-data.ts";
import { premium } from "./premium.ts";
import { purge } from "./purge.ts";
import { refund } from "./refund.ts";
import type { Schedule } from "./schedule.ts";

/** Everything that the workers do. */
export const jobKinds: readonly AnyJobKind[] = [
  purge,
  inactive,
  anonymise,
  myData,
  csv,
  premium,
  refund,
  broadcast,
  expireInvitations,
  remindInvitations,
  mentorAnswer,
  mentorPartitions,
  audit,
];

/** What is due by itself, spread over the hour so that not all comes at once. */
export const schedules: readonly Schedule[] = [
  { kind: inactive.kind, cron: "10 * * * *" },
  { kind: anonymise.kind, cron: "25 * * * *" },
  { kind: premium.kind, cron: "5 * * * *" },
  { kind: purge.kind, cron: "40 * * * *" },
  { kind: expireInvitations.kind, cron: "1-59/5 * * * *" },
  { kind: remindInvitations.kind, cron: "3-59/5 * * * *" },
  { kind: mentorPartitions.kind, cron: "0 3 * * *" },
  { kind: audit.kind, cron: "30 3 * * *" },
];
