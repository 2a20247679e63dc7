import type { FastifyRequest } from "fastify";

const hosts = ["127.0.0.1", "localhost", "[::1]"];

/** The host of an address, whatever its port. */
function nameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/**
 * Why a request is refused, or undefined. A name that somebody else's server has given this machine (DNS rebinding)
 * reads nothing here, and pages of other sites change nothing.
 */
export function refusalOf({
  method,
  headers,
}: Pick<FastifyRequest, "method" | "headers">): string | undefined {
  const { host = "", origin } = headers;
  if (!hosts.includes(nameOf(`http://${host}`) ?? ""))
    return `the viewer answers at ${hosts.join(", ")} only: open it at one of these`;
  const reads = method === "GET" || method === "HEAD";
  if (!reads && origin !== undefined && origin !== `http://${host}`)
    return "the viewer takes nothing from pages of other sites";
  return undefined;
}
