// Runs alone in the pods of the network policy test, which hand this text to Node: `listen PORT...` or
// `probe ADDRESS:PORT...`. The latter prints which of them could be connected to, one a line, and how names can be
// asked for.
import { Resolver } from "node:dns/promises";
import { connect, createServer } from "node:net";

const TIMEOUT_MS = 1500;

const isOpen = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const colon = address.lastIndexOf(":");
    const socket = connect({
      host: address.slice(0, colon),
      port: Number(address.slice(colon + 1)),
      timeout: TIMEOUT_MS,
    });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });

const [mode, ...rest] = process.argv.slice(1);
if (mode === "listen") {
  for (const port of rest) createServer((socket) => socket.end()).listen(Number(port));
  // A pod without ports stays as well.
  setInterval(() => undefined, 60_000);
} else {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  const asked = resolver.resolve("kubernetes.default.svc.cluster.local").then(
    () => true,
    () => false,
  );
  const tried: [string, Promise<boolean>][] = [
    ...rest.map((address): [string, Promise<boolean>] => [address, isOpen(address)]),
    ["dns/udp", asked],
    ["dns/tcp", isOpen(`${resolver.getServers()[0] ?? ""}:53`)],
  ];
  for (const [name, open] of tried) if (await open) console.log(name);
}
