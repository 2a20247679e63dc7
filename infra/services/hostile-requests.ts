// Requests as nobody should send them, each with the statuses that the gateway answers with and the number of requests that
// the bot gets of it.
import fc from "fast-check";
import { secret } from "../../app/testing/bot.ts";
import { message, person } from "../../app/testing/updates.ts";

const MEGABYTE = 1024 * 1024;
export const CRLF = "\r\n";
const token = `X-Telegram-Bot-Api-Secret-Token: ${secret}`;
const json = "Content-Type: application/json";
/** Part of each update. */
export const planted = "hunter2-4929123412341234";
const ada = person();
export const updateText = (): string => JSON.stringify(message(ada, planted));

/** A request for the webhook: the usual head, these lines, an empty one, this body. */
export const post = (lines: readonly string[], body = "", first = "POST /telegram HTTP/1.1"): string =>
  [first, "Host: bot", token, json, ...lines, "", body].join(CRLF);
export const whole = (body: string, ...lines: string[]): string =>
  post([...lines, `Content-Length: ${Buffer.byteLength(body)}`], body);
const chunk = (text: string): string => `${text.length.toString(16)}${CRLF}${text}${CRLF}`;
const end = `0${CRLF}${CRLF}`;

/** A whole request that the bot would obey, to be hidden in another one. */
export const hidden = (): string => whole(updateText(), "X-Hidden: yes", "X-Request-Id: hidden");

export interface Case {
  readonly bytes: string | Buffer;
  /** Of each answer, in order; none: the connection ends without. */
  readonly answers: readonly number[];
  /** Requests that the bot gets. @default 0 */
  readonly reaches?: number;
}

const refused = (bytes: string | Buffer, status = 400): Case => ({ bytes, answers: [status] });
const lengths = (...values: string[]): string =>
  post(
    values.map((value) => `Content-Length: ${value}`),
    `{}${hidden()}`,
  );
const coded = (...values: string[]): string =>
  post(
    values.map((value) => `Transfer-Encoding: ${value}`),
    `${chunk("{}")}${end}${hidden()}`,
  );

/** Where one request ends and the next one begins. */
export const framing: Readonly<Record<string, () => Case>> = {
  "Content-Length before Transfer-Encoding": () =>
    refused(post([`Content-Length: ${5 + hidden().length}`, "Transfer-Encoding: chunked"], end + hidden())),
  "Transfer-Encoding before Content-Length": () =>
    refused(post(["Transfer-Encoding: chunked", "Content-Length: 4"], `${chunk(hidden())}${end}`)),
  "two lengths that differ": () => refused(lengths("2", "2000")),
  "two lengths that are the same": () => refused(lengths("2", "2")),
  "a list of lengths": () => refused(lengths("2, 2")),
  "a length below zero": () => refused(lengths("-2")),
  "a length with a sign": () => refused(lengths("+2")),
  "a length in hex": () => refused(lengths("0x2")),
  "a length with a fraction": () => refused(lengths("2.0")),
  "no length where there is a head for it": () => refused(lengths("")),
  "a length of 20 digits": () => refused(lengths("99999999999999999999")),
  "an unknown coding": () => refused(coded("xchunked"), 501),
  "chunked that is not the last coding": () => refused(coded("chunked, identity"), 501),
  "a coding before chunked": () => refused(coded("gzip, chunked"), 501),
  "two codings on two lines": () => refused(coded("chunked", "identity")),
  "a coding behind a vertical tab": () => refused(coded("\x0bchunked"), 501),
  "a space before the colon": () =>
    refused(post(["Transfer-Encoding : chunked", "Content-Length: 4"], `${end}${hidden()}`)),
  "a name with an underscore, which is nothing": () => ({
    bytes: whole(`${end}${hidden()}`, "Transfer_Encoding: chunked"),
    answers: [400],
    reaches: 1,
  }),
  "a head that goes on in the next line": () =>
    refused(post(["X-Long: a", " Transfer-Encoding: chunked", "Content-Length: 2"], "{}")),
  "a head before which there is a space": () => refused(post([" Content-Length: 2"], "{}")),
  "a head without a colon": () => refused(post(["Content-Length 2"], "{}")),
  "a carriage return alone in a head": () => refused(post(["X-A: a\rContent-Length: 200", "X-B: b"])),
  "a NUL in a head": () => refused(post(["X-A: a\0b", "Content-Length: 2"], "{}")),
  "a NUL in the name of a head": () => refused(post(["X-\0A: b", "Content-Length: 2"], "{}")),
  "a chunk whose size is no number": () =>
    refused(post(["Transfer-Encoding: chunked"], `zz${CRLF}{}${CRLF}${end}${hidden()}`)),
  "a chunk whose size is below zero": () =>
    refused(post(["Transfer-Encoding: chunked"], `-2${CRLF}{}${CRLF}${end}${hidden()}`)),
  "a chunk whose size has 0x": () =>
    refused(post(["Transfer-Encoding: chunked"], `0x2${CRLF}{}${CRLF}${end}${hidden()}`)),
  "a chunk whose size does not fit": () =>
    refused(post(["Transfer-Encoding: chunked"], `fffffffffffffffff${CRLF}{}${CRLF}${end}${hidden()}`)),
  "a chunk that is longer than its size": () =>
    refused(post(["Transfer-Encoding: chunked"], `2${CRLF}{}}}${CRLF}${end}${hidden()}`)),
  "a chunk of 1 GB that is only announced": () =>
    refused(post(["Transfer-Encoding: chunked"], `40000000${CRLF}{`), 413),
  "chunks with extensions and trailers": () => {
    const text = updateText();
    const body = `${text.length.toString(16)};x="${planted}"${CRLF}${text}${CRLF}0${CRLF}X-Hidden: yes${CRLF}${CRLF}`;
    return { bytes: post(["Transfer-Encoding: chunked"], body), answers: [200], reaches: 1 };
  },
  "one request inside of the body of another": () => ({
    bytes: whole(hidden()),
    answers: [400],
    reaches: 1,
  }),
  "one request inside of a chunk of another": () => ({
    bytes: post(["Transfer-Encoding: chunked"], `${chunk(hidden())}${end}`),
    answers: [400],
    reaches: 1,
  }),
  "a request behind a GET with a body": () => {
    const inner = hidden();
    const head = ["GET /telegram HTTP/1.1", "Host: bot", `Content-Length: ${inner.length}`, "", inner];
    return refused(head.join(CRLF), 405);
  },
  "a body that goes on after its length": () => ({
    bytes: `${whole(updateText())}{"more": 1}`,
    answers: [200, 400],
    reaches: 1,
  }),
  "requests one behind the other without waiting, which are two": () => ({
    bytes: whole(updateText()) + whole(updateText()),
    answers: [200, 200],
    reaches: 2,
  }),
  "lines that end without a carriage return, which are lines": () => ({
    bytes: whole(updateText()).replaceAll(CRLF, "\n"),
    answers: [200],
    reaches: 1,
  }),
};

/** First lines, addresses, and other heads. */
export const heads: Readonly<Record<string, () => Case>> = {
  "HTTP/0.9": () => ({ bytes: `POST /telegram${CRLF}`, answers: [] }),
  "HTTP/1.0": () => ({
    bytes: whole(updateText()).replace("HTTP/1.1", "HTTP/1.0"),
    answers: [200],
    reaches: 1,
  }),
  "HTTP/1.0 with chunks": () => refused(coded("chunked").replace("HTTP/1.1", "HTTP/1.0")),
  "HTTP/2 in the first line": () => refused(post([], "", "POST /telegram HTTP/2.0"), 505),
  "the preface of HTTP/2": () => refused(`PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`),
  "a version that there is not": () => refused(post([], "", "POST /telegram HTTP/1.1.1")),
  "a method in small letters": () => refused(post([], "", "post /telegram HTTP/1.1")),
  "a method of 8 kB": () => refused(post([], "", `${"A".repeat(8192)} /telegram HTTP/1.1`), 414),
  "no address": () => refused(post([], "", "POST HTTP/1.1")),
  "a tunnel": () => refused(post([], "", "CONNECT bot:443 HTTP/1.1")),
  "a trace": () => refused(post([], "", "TRACE /telegram HTTP/1.1"), 405),
  "all of it": () => refused(post([], "", "OPTIONS * HTTP/1.1")),
  "no host": () => refused(post(["Content-Length: 2"], "{}").replace(`Host: bot${CRLF}`, "")),
  "two hosts": () => refused(whole("{}", "Host: other")),
  "a host with a path": () => refused(whole("{}").replace("Host: bot", "Host: bot/../admin")),
  "a host that is another's, which nobody looks at": () => ({
    bytes: whole(updateText()).replace("Host: bot", "Host: 169.254.169.254"),
    answers: [200],
    reaches: 1,
  }),
  "the address of another server, of which only the path counts": () => ({
    bytes: whole(updateText()).replace("POST /telegram", "POST http://other.example/telegram"),
    answers: [200],
    reaches: 1,
  }),
  "an address of 16 kB": () => refused(post([], "", `POST /telegram?${"x".repeat(16_384)} HTTP/1.1`), 414),
  "a head of 16 kB": () => refused(whole("{}", `X-Long: ${"x".repeat(16_384)}`)),
  "200 heads": () => ({
    bytes: whole(updateText(), ...Array.from({ length: 200 }, (_, n) => `X-${n}: ${n}`)),
    answers: [200],
    reaches: 1,
  }),
  "20 kB of heads": () => ({
    // More than Node takes, which refuses before it is a request.
    bytes: whole(updateText(), ...Array.from({ length: 20 }, (_, n) => `X-${n}: ${"x".repeat(1000)}`)),
    answers: [431],
  }),
  "heads without end": () => refused(post(Array.from({ length: 40_000 }, (_, n) => `X-${n}: ${n}`))),
  "a wish for another protocol, which is not passed on": () => ({
    bytes: whole(
      updateText(),
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABk",
    ),
    answers: [200],
    reaches: 1,
  }),
  "a wish to go on before the body": () => ({
    bytes: whole(updateText(), "Expect: 100-continue"),
    answers: [100, 200],
    reaches: 1,
  }),
};

const path = (text: string, status = 404): (() => Case) => {
  return () => refused(post(["Content-Length: 2"], "{}", `POST ${text} HTTP/1.1`), status);
};

/** Addresses that are not the webhook's, however they are written. */
export const paths: Readonly<Record<string, () => Case>> = Object.fromEntries(
  [
    path("//telegram"),
    path("/telegram/"),
    path("/x/../telegram"),
    path("/./telegram"),
    path("/%74elegram"),
    path("/telegram%3f"),
    path("/telegram;x"),
    path("/Telegram"),
    path("/telegram/..%2fadmin"),
    path("/telegram/../api/system/info"),
    path("/..%2f..%2fetc/passwd", 400),
    path("/api/system/info"),
    path("/metrics"),
    path("/../telegram", 400),
    path("/telegram%00", 400),
    path("/telegram%0d%0aX-Hidden:%20yes"),
    path("/telegram\0", 400),
    path("/%zz", 400),
    path("telegram", 400),
    path("/telegram#x", 404),
  ].map((one) => [JSON.stringify(/POST (.*) HTTP/.exec(String(one().bytes))?.[1]), one]),
);

const secrets = (lines: readonly string[], first?: string): string =>
  post([...lines, "Content-Length: 2"], "{}", first).replace(`${token}${CRLF}`, "");
const name = "X-Telegram-Bot-Api-Secret-Token";

/** All are refused by the bot, before it reads the body. */
export const wrongSecrets: Readonly<Record<string, string>> = {
  "no secret": secrets([]),
  "an empty one": secrets([`${name}:`]),
  "a wrong one": secrets([`${name}: wrong`]),
  "one of 257 bytes": secrets([`${name}: ${"a".repeat(257)}`]),
  two: secrets([token, token]),
  "the right one after a wrong one": secrets([`${name}: wrong`, token]),
  "the right one in quotes": secrets([`${name}: "${secret}"`]),
  "the right one in the address": secrets([], `POST /telegram?secret_token=${secret} HTTP/1.1`),
  "the right one under another name": secrets([`Authorization: Bearer ${secret}`]),
};

const padded = (bytes: number): string => {
  const text = updateText();
  return text + " ".repeat(bytes - Buffer.byteLength(text));
};

export const bodies: Readonly<Record<string, () => Case>> = {
  none: () => ({ bytes: whole(""), answers: [400], reaches: 1 }),
  "1 MB": () => ({ bytes: whole(padded(MEGABYTE)), answers: [200], reaches: 1 }),
  "1 MB and a byte": () => refused(whole(padded(MEGABYTE + 1)), 413),
  "1 MB and a byte in chunks": () =>
    refused(post(["Transfer-Encoding: chunked"], chunk(padded(MEGABYTE + 1)) + end), 413),
  "1 GB that is only announced": () => refused(post(["Content-Length: 1073741824"], "{"), 413),
  "zeros that are small as long as they are packed": () => ({
    bytes: whole("\x1f\x8b\x08\0\0\0\0\0\0\x03", "Content-Encoding: gzip"),
    answers: [400],
    reaches: 1,
  }),
  "a plain text": () => ({
    bytes: whole("{}").replace(json, "Content-Type: text/plain"),
    answers: [400],
    reaches: 1,
  }),
  "a form in parts": () => ({
    bytes: whole("--x--").replace(json, "Content-Type: multipart/form-data; boundary=x"),
    answers: [415],
    reaches: 1,
  }),
  "of no type": () => ({ bytes: whole("{}").replace(json + CRLF, ""), answers: [415], reaches: 1 }),
};

/** Lines and bodies that may be put together in every way. */
export const line = fc.constantFrom(
  "Content-Length: 2",
  "Content-Length: 5",
  "Content-Length: 400",
  "content-length:2",
  "Content-Length : 2",
  "Content-Length: 2,2",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding:\tchunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: identity",
  "TE: trailers",
  "X-A: b\n\tc",
  "Connection: close",
  "Connection: Content-Length",
);
export const part = fc.oneof(
  fc.constantFrom("{}", CRLF, "\n", end, "0\n\n", `2${CRLF}{}${CRLF}`, "5", ";x=y", "\0"),
  fc.constant("hidden"),
);
