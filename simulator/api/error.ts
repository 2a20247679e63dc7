/** What each error code begins with in Telegram's descriptions. */
const prefixes = {
  400: "Bad Request: ",
  401: "",
  403: "Forbidden: ",
  404: "",
  409: "Conflict: ",
  413: "",
  429: "Too Many Requests: ",
  501: "Not Implemented: ",
} as const;

/** An error that the Bot API answers. */
export class ApiError extends Error {
  readonly code: number;
  /** Seconds after which the bot may try again. */
  readonly retryAfter: number | undefined;

  constructor(code: keyof typeof prefixes, text: string, retryAfter?: number) {
    super(prefixes[code] + text);
    this.name = "ApiError";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** The bot must wait for so many seconds. */
export const tooManyRequests = (seconds: number): ApiError =>
  new ApiError(429, `retry after ${seconds}`, seconds);
