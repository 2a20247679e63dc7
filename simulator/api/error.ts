/** What each error code begins with in Telegram's descriptions. */
const prefixes = {
  400: "Bad Request: ",
  401: "",
  403: "Forbidden: ",
  404: "",
  409: "Conflict: ",
  413: "",
  429: "",
  501: "Not Implemented: ",
} as const;

/** An error that the Bot API answers. */
export class ApiError extends Error {
  readonly code: number;

  constructor(code: keyof typeof prefixes, text: string) {
    super(prefixes[code] + text);
    this.name = "ApiError";
    this.code = code;
  }
}
