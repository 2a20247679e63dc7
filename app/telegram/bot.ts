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
import { features, type Feature } from "../metric-labels.ts";
import type { BotContext } from "./context.ts";

/** Every feature; the order is that of their names. */
const all: Record<Feature, MiddlewareFn<BotContext>> = {
  membership: membership.middleware(),
  premium: premium.middleware(),
  broadcast: broadcast.middleware(),
  mentor: mentor.middleware(),
  start: start.middleware(),
  profile: profile.middleware(),
  search: search.middleware(),
  team: team.middleware(),
  team_actions: teamActions.middleware(),
  invitations: invitations.middleware(),
  refund: refund.middleware(),
  maintenance: maintenance.middleware(),
  admin: admin.middleware(),
  csv: csv.middleware(),
  results: results.middleware(),
  settings: settings.middleware(),
  my_data: myData.middleware(),
  help: help.middleware(),
  unknown: unknown.middleware(),
};

/** The bot; built once. */
export const handler: MiddlewareFn<BotContext> = new Composer<BotContext>(
  ...features.map((feature): MiddlewareFn<BotContext> => (ctx, next) => {
    ctx.feature = feature;
    return all[feature](ctx, next);
  }),
).middleware();
