import type { Image } from "./workload.ts";

type Probe = NonNullable<Image["probe"]>;

const ASK = `exec 3<>"/dev/tcp/127.0.0.1/$0" || exit 1
[ $# -eq 0 ] && exit 0
printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' "$1" >&3
read -r _ code _ <&3
[[ $code == 2* ]]`;

/** With bash alone, which costs next to nothing: images of Debian have it. */
export const bash: Probe = (port, path) => [
  "bash",
  "-c",
  ASK,
  String(port),
  ...(path === undefined ? [] : [path]),
];

const base = (port: number): string => `http://127.0.0.1:${port}`;

/** Asks whether it is ready, whatever the path. */
export const promtool: Probe = (port) => ["promtool", "check", "ready", `--url=${base(port)}`];

/** Asks for its configuration, which it has when it is ready, whatever the path. */
export const amtool: Probe = (port) => ["amtool", "config", "show", `--alertmanager.url=${base(port)}`];
