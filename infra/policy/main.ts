// The policy pack as the engine starts it. Each rule sees every resource before it is created or changed; the rules of
// the whole stack see all of them at the end of a preview and of an update.
import { PolicyPack, type Policies } from "@pulumi/policy";
import { endWithEngine } from "../process-provider/engine-watch.ts";
import { checkout } from "../toolchain/folders.ts";
import { judge } from "./judge.ts";
import { rules } from "./rules.ts";

const policies = rules.map((rule): Policies[number] => ({
  name: rule.name,
  description: rule.description,
  enforcementLevel: "mandatory",
  ...("checkStack" in rule
    ? { validateStack: ({ resources }, report) => judge(rule, resources, report) }
    : { validateResource: (resource, report) => judge(rule, [resource], report) }),
}));

const parent = process.ppid;
// The pack takes its version from the package.json of the folder that it runs in.
process.chdir(checkout);
new PolicyPack("launchlab", { policies });
endWithEngine(process.argv.at(-1) ?? "", parent);
