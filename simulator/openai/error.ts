/** An error in the form that OpenAI answers. */
export interface OpenAiError {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly param?: string;
  readonly code?: string;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number;
}

export const noKey: OpenAiError = {
  status: 401,
  message:
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
  type: "invalid_request_error",
};

export const overloaded: OpenAiError = {
  status: 500,
  message: "The server had an error while processing your request. Sorry about that!",
  type: "server_error",
};

export const rateLimited = (retryAfter: number): OpenAiError => ({
  status: 429,
  message: `Rate limit reached for requests. Please try again in ${retryAfter}s.`,
  type: "requests",
  code: "rate_limit_exceeded",
  retryAfter,
});

export const badRequest = (message: string, param?: string): OpenAiError => ({
  status: 400,
  message,
  type: "invalid_request_error",
  ...(param === undefined ? {} : { param }),
});

export const unknownUrl = (method: string, path: string): OpenAiError => ({
  status: 404,
  message: `Unknown request URL: ${method} ${path}. The simulator knows POST /v1/chat/completions and GET /v1/models.`,
  type: "invalid_request_error",
  code: "unknown_url",
});
