import { connect } from "node:net";

/**
 * Ends this plugin when its engine, at `address` ("host:port"), is gone. An engine that was killed cannot end its
 * plugins: we are then handed to another parent. One that died before we looked for the first time no longer serves
 * at its address. `parent` is the process that started us. Call it when the plugin serves.
 */
export function endWithEngine(address: string, parent: number): void {
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 1000).unref();
  const [, host, port] = /^([\d.]+):(\d+)$/.exec(address) ?? [];
  if (host === undefined || port === undefined) return;
  const engine = connect({ host, port: Number(port) });
  engine.once("connect", () => engine.destroy());
  engine.once("error", () => process.exit(0));
}
