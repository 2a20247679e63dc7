import type { Rule } from "./rule.ts";
import { alertsComplete } from "./rules/alerts-complete.ts";
import { dataProtected } from "./rules/data-protected.ts";
import { disruptionBudget } from "./rules/disruption-budget.ts";
import { imagePinned } from "./rules/image-pinned.ts";
import { noHostAccess } from "./rules/no-host-access.ts";
import { noSecretInEnvironment } from "./rules/no-secret-in-environment.ts";
import { nonRoot } from "./rules/non-root.ts";
import { poolsFit } from "./rules/pools-fit.ts";
import { privilegesDropped } from "./rules/privileges-dropped.ts";
import { readOnlyRoot } from "./rules/read-only-root.ts";
import { resourcesStated } from "./rules/resources-stated.ts";

/** What every stack has to keep to. */
export const rules: readonly Rule[] = [
  alertsComplete,
  dataProtected,
  disruptionBudget,
  imagePinned,
  noHostAccess,
  noSecretInEnvironment,
  nonRoot,
  poolsFit,
  privilegesDropped,
  readOnlyRoot,
  resourcesStated,
];
