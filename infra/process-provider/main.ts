import * as provider from "@pulumi/pulumi/provider/index.js";
import { provider as processProvider } from "./provider.ts";

await provider.main(processProvider, process.argv.slice(2));

// An engine that was killed cannot end its plugins.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(0);
}, 1000).unref();
