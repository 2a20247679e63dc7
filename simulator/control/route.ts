import type { z } from "zod";
import { Refusal } from "../refusal.ts";

/** Types of answers hold lists that may be changed, the simulator's own do not. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

type Values = z.ZodObject;

/** What a route is called, takes and answers; its OpenAPI description is made of the same schemas. */
export interface RouteOptions<
  Params extends Values,
  Query extends Values,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below /simulator/api/; `:name` stands for a value of `params`. */
  readonly path: string;
  /** One sentence for the API's document. */
  readonly summary: string;
  /** Schemas of text, as all that a URL holds is: numbers need z.coerce. */
  readonly params?: Params;
  readonly query?: Query;
  /** Of the JSON body; without it the route takes none. */
  readonly body?: Body;
  /** The body is a form; its files are `files`. */
  readonly form?: true;
  /** Bytes of the body; 1 MB, or 51 of a form, when left out. */
  readonly largest?: number;
  readonly answer: Answer;
  /** Answers the result, or throws a Refusal. */
  readonly handle: (request: {
    readonly params: z.output<Params>;
    readonly query: z.output<Query>;
    readonly body: z.output<Body>;
    /** Aborts when the client goes away. */
    readonly signal: AbortSignal;
  }) => Frozen<z.output<Answer>> | Promise<Frozen<z.output<Answer>>>;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
  readonly summary: string;
  readonly form: boolean;
  readonly largest: number | undefined;
  readonly schemas: {
    readonly params: Values | undefined;
    readonly query: Values | undefined;
    readonly body: z.ZodType | undefined;
    readonly answer: z.ZodType;
  };
  /** `path` matches the pattern; `body` is the parsed JSON, undefined when there is none. */
  handle(request: { path: string; query: URLSearchParams; body: unknown; signal: AbortSignal }): unknown;
}

/** One function of the control API. */
export function route<
  Answer extends z.ZodType,
  Params extends Values = Values,
  Query extends Values = Values,
  Body extends z.ZodType = z.ZodUndefined,
>(options: RouteOptions<Params, Query, Body, Answer>): Route {
  const { method, path, summary, params, query, body, form = false, largest, answer, handle } = options;
  return {
    method,
    path,
    summary,
    form,
    largest,
    schemas: { params, query, body, answer },
    pattern: new RegExp(`^/simulator/api/${path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`),
    handle(request) {
      const groups = this.pattern.exec(request.path)?.groups ?? {};
      return handle({
        params: read(params, groups) as z.output<Params>,
        query: read(query, Object.fromEntries(request.query)) as z.output<Query>,
        body: read(body, request.body) as z.output<Body>,
        signal: request.signal,
      });
    },
  };
}

/** Without a schema everything is passed over. */
function read(schema: z.ZodType | undefined, given: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map((i) => `${i.path.join(".") || "body"}: ${i.message}`);
  throw new Refusal(400, problems.join("; "));
}
