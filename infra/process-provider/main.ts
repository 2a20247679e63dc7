import * as provider from "@pulumi/pulumi/provider/index.js";
import { endWithEngine } from "./engine-watch.ts";
import { provider as processProvider } from "./provider.ts";

const parent = process.ppid;
await provider.main(processProvider, process.argv.slice(2));
endWithEngine(process.argv.at(-1) ?? "", parent);
