import { expect, test } from "vitest";
import { testWorld } from "../testing/world.ts";
import { openApi } from "./openapi.ts";
import { controlRoutes } from "./routes.ts";

const document = () => {
  const routes = controlRoutes(testWorld().world, undefined);
  const text = JSON.stringify(openApi(routes));
  return {
    routes,
    text,
    paths: (JSON.parse(text) as { paths: Record<string, Record<string, unknown>> }).paths,
  };
};

test("every route is in the document, with a summary and all values of its path", () => {
  const { routes, paths } = document();
  for (const { method, path, summary } of routes) {
    const values = [...path.matchAll(/:(\w+)/g)].map((m) => ({ name: m[1], in: "path", required: true }));
    const operation = paths[`/simulator/api/${path.replace(/:(\w+)/g, "{$1}")}`]?.[method.toLowerCase()];
    expect(summary, `${method} ${path}`).toMatch(/^[A-Z].*[^.]$/);
    expect(operation, `${method} ${path}`).toMatchObject({
      summary,
      ...(values.length === 0
        ? {}
        : {
            parameters: expect.arrayContaining(
              values.map((v) => expect.objectContaining(v) as unknown),
            ) as unknown,
          }),
    });
  }
});

test("no two routes share a name, and every reference leads somewhere", () => {
  const { text } = document();
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1]);
  const names = all(/"operationId":"(\w+)"/g);
  expect(names.length).toBe(new Set(names).size);
  const { components } = JSON.parse(text) as { components: { schemas: object } };
  expect(all(/"\$ref":"#\/components\/schemas\/(\w+)"/g)).not.toHaveLength(0);
  for (const name of all(/"\$ref":"([^"]+)"/g)) {
    expect(Object.keys(components.schemas)).toContain(name?.replace("#/components/schemas/", ""));
  }
});

test("a body, a query and an answer are described by their schemas", () => {
  const { paths } = document();
  expect(paths["/simulator/api/people/{id}/messages"]).toMatchObject({
    get: {
      parameters: [
        { name: "id", in: "path", schema: { type: "integer" } },
        { name: "after", in: "query", required: false, schema: { type: "number", default: 0 } },
        { name: "wait", in: "query", required: false },
      ],
    },
    post: {
      requestBody: { content: { "application/json": { schema: { required: ["text"] } } } },
      responses: {
        200: { content: { "application/json": { schema: { required: ["update_id", "message_id"] } } } },
      },
    },
  });
});
