import { Composer, type MiddlewareFn } from "grammy";
import { admin } from "../features/admin.ts";
import { broadcast } from "../features/broadcast.ts";
import { csv } from "../features/csv.ts";
import { help } from "../features/help.ts";
import { invitations } from "../features/invitations.ts";
import { maintenance } from "../features/maintenance.ts";
import { membership } from "../features/membership.ts";
import { mentor } from "../features/mentor.ts";
import { myData } from "../features/my-data.ts";
import { premium } from "../features/premium.ts";
import { profile } from "../features/profile.ts";
import { refund } from "../features/refund.ts";
import { results } from "../features/results.ts";
import { search } from "../features/search.ts";
import { settings } from "../features/settings.ts";
import { start } from "../features/start.ts";
import { teamActions } from "../features/team-actions.ts";
import { team } from "../features/team.ts";
import { unknown } from "../features/unknown.ts";
import type { BotContext } from "./context.ts";

/** Every feature, in the order in which they are asked; built once. */
export const handler: MiddlewareFn<BotContext> = new Composer<BotContext>(
  membership,
  premium,
  // Before the questions of others: what an admin sends next may be the message to all.
  broadcast,
  mentor,
  start,
  profile,
  search,
  team,
  teamActions,
  invitations,
  refund,
  maintenance,
  admin,
  csv,
  results,
  settings,
  myData,
  help,
  unknown,
).middleware();
