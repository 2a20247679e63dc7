import * as provider from "@pulumi/pulumi/provider/index.js";
import { provider as processProvider } from "./provider.ts";

await provider.main(processProvider, process.argv.slice(2));
