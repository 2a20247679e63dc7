import * as provider from "@pulumi/pulumi/provider/index.js";
import { connect } from "node:net";
import { provider as processProvider } from "./provider.ts";

const parent = process.ppid;
await provider.main(processProvider, process.argv.slice(2));

// An engine that was killed cannot end its plugins: we are then handed to another parent. One that died before we
// looked for the first time no longer serves at its address.
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 1000).unref();
const address = /^([\d.]+):(\d+)$/.exec(process.argv.at(-1) ?? "");
if (address !== null) {
  const engine = connect({ host: address[1] ?? "", port: Number(address[2]) });
  engine.once("connect", () => engine.destroy());
  engine.once("error", () => process.exit(0));
}
