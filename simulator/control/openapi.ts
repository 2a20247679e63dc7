import { z } from "zod";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const failure = z
  .object({ error: z.string().describe("What is wrong, and what to do") })
  .meta({ id: "Failure" });

/** Describes the control API as an OpenAPI 3.1 document. */
export function openApi(routes: readonly Route[]): Json {
  const schemas: Record<string, unknown> = {};

  /** The JSON Schema of something; named parts of it go to the document's components. */
  function describe(schema: z.ZodType, io: "input" | "output"): Json {
    const written = JSON.stringify(z.toJSONSchema(schema, { io, unrepresentable: "any" }));
    const { $defs, ...rest } = JSON.parse(
      written.replaceAll('"#/$defs/', '"#/components/schemas/'),
    ) as Record<string, unknown>;
    Object.assign(schemas, $defs);
    // The document says for all of its schemas which dialect they are.
    Reflect.deleteProperty(rest, "$schema");
    return rest;
  }

  const content = (schema: z.ZodType, io: "input" | "output", type = "application/json"): Json => ({
    [type]: { schema: describe(schema, io) },
  });

  const parameters = (place: "path" | "query", values: z.ZodObject | undefined): Json[] =>
    Object.entries(values?.shape ?? {}).map(([name, schema]) => {
      const { description, ...rest } = describe(schema as z.ZodType, "input");
      const required = place === "path" || !z.safeParse(schema as z.ZodType, undefined).success;
      return {
        name,
        in: place,
        required,
        ...(description === undefined ? {} : { description }),
        schema: rest,
      };
    });

  function operation({ method, path, summary, form, schemas: { params, query, body, answer } }: Route): Json {
    const type = form ? "multipart/form-data" : "application/json";
    const words = path.split(/\W+/).filter((word) => word !== "");
    const all = [...parameters("path", params), ...parameters("query", query)];
    return {
      operationId: method.toLowerCase() + words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join(""),
      summary,
      ...(all.length === 0 ? {} : { parameters: all }),
      ...(body === undefined
        ? {}
        : { requestBody: { required: true, content: content(body, "input", type) } }),
      responses: {
        200: { description: "Done", content: content(answer, "output") },
        default: { description: "Refused", content: content(failure, "output") },
      },
    };
  }

  const paths: Record<string, Record<string, Json>> = { "/simulator/api/events": { get: events } };
  for (const route of routes) {
    const path = `/simulator/api/${route.path.replace(/:(\w+)/g, "{$1}")}`;
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Telegram simulator",
      version: "1",
      description:
        "What people do on the chat page and see there, for tests and load scripts in any language.",
    },
    paths,
    components: { schemas },
  };
}

/** Served beside the routes, because it never ends. */
const events: Json = {
  operationId: "getEvents",
  summary:
    'Server-sent events of everything that happens; the first is "hello" with an id of this run of the simulator',
  responses: {
    200: { description: "A stream", content: { "text/event-stream": { schema: { type: "string" } } } },
  },
};
