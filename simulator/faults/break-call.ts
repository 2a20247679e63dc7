import type { ServerResponse } from "node:http";
import type { CallFault } from "./call-faults.ts";

const json = (error_code: number, description: string, more: object = {}): string =>
  JSON.stringify({ ok: false, error_code, description, ...more });

const PAGE = `<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>
</body>
</html>
`;

/** Answers a call of the Bot API that is not carried out. */
export function answerFault(response: ServerResponse, fault: Exclude<CallFault, { kind: "cut" }>): void {
  const isJson = { "content-type": "application/json" };
  switch (fault.kind) {
    case "too_many_requests": {
      const { retryAfter: retry_after } = fault;
      response.writeHead(429, { ...isJson, "retry-after": String(retry_after) });
      const description = `Too Many Requests: retry after ${retry_after}`;
      response.end(json(429, description, { parameters: { retry_after } }));
      break;
    }
    case "server_error":
      response.writeHead(500, isJson).end(json(500, "Internal Server Error"));
      break;
    case "html_error":
      response.writeHead(502, { "content-type": "text/html" }).end(PAGE);
      break;
  }
}

/** Sends half of an answer, and breaks the connection. */
export function cutAnswer(response: ServerResponse, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(200, { "content-type": "application/json", "content-length": bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.resetAndDestroy());
}
