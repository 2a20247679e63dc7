import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { startAdmin, type TestAdmin } from "../testing/admin.ts";

const servers = inject("servers");

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const admin: TestAdmin = await startAdmin({ servers, database: await freshDatabase(servers.postgres) });
const document = (await admin.ask("GET /api/openapi.json", "nobody")).json() as Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false });

beforeAll(() => {
  ajv.addSchema(document, "openapi");
});
afterAll(async () => {
  await admin.close();
});

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    path,
    method,
    operation,
  })),
);

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    "",
    "*",
    "../../etc/passwd",
    "%00",
    "\u0000",
    "'; DROP TABLE users;--",
    "١",
    "💥",
    "NaN",
  ),
  fc.constantFrom<unknown>(null, true, -1, 0, 1e308, 2 ** 53, 0.5, [], {}, [[[]]]),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.jsonValue(),
);

/** Values that a schema takes. */
function valid(schema: Schema): fc.Arbitrary<unknown> {
  const { type, properties = {}, required = [], minimum, maximum, maxLength = 20, pattern } = schema;
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valid));
  if (type === "integer")
    return fc.integer({ min: Math.max(minimum ?? 0, -1000), max: Math.min(maximum ?? 1000, 100_000) });
  if (type === "boolean") return fc.boolean();
  if (type === "null") return fc.constant(null);
  if (type === "array") return fc.array(valid(schema.items ?? {}), { maxLength: 3 });
  if (type === "object")
    return fc.record(
      Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valid(one)])),
      { requiredKeys: [...required] },
    );
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength: 1, maxLength });
}

const some = (schema: Schema) =>
  fc.oneof({ arbitrary: valid(schema), weight: 2 }, { arbitrary: hostile, weight: 1 });

const text = (value: unknown): string =>
  encodeURIComponent((typeof value === "string" ? value : JSON.stringify(value)).toWellFormed());

/** Requests that an operation may get: right ones, and such as nobody should send. */
function requests({ path, operation }: (typeof operations)[number]) {
  const of = (where: string) => (operation.parameters ?? []).filter((one) => one.in === where);
  const values = (where: string) =>
    fc.record(Object.fromEntries(of(where).map(({ name, schema }) => [name, some(schema)])));
  const schema = operation.requestBody?.content["application/json"]?.schema;
  return fc.record({
    url: fc.tuple(values("path"), values("query")).map(([inPath, inQuery]) => {
      const where = path.replace(/\{(\w+)\}/g, (_, name: string) => text(inPath[name]) || "-");
      const query = Object.entries(inQuery).map(([name, value]) => `${name}=${text(value)}`);
      return query.length === 0 ? where : `${where}?${query.join("&")}`;
    }),
    body: schema === undefined ? fc.constant(undefined) : some(schema),
  });
}

describe("the OpenAPI document", () => {
  it("is one of version 3.1, with every route", () => {
    expect(document.openapi).toBe("3.1.0");
    const documented = operations.map(({ name }) => name.replace(/\{(\w+)\}/g, ":$1"));
    const api = admin.routes.filter((route) => !/ \/api\/(docs|openapi.json)/.test(route));
    expect(documented.sort()).toEqual(api.sort());
  });

  it("says what each answer and each error looks like", () => {
    for (const { name, operation } of operations) {
      const { responses } = operation;
      expect(Object.keys(responses), name).toEqual(
        expect.arrayContaining(["200", "400", "401", "403", "429", "503"]),
      );
      for (const [status, { content = {} }] of Object.entries(responses)) {
        const type = status === "200" ? "application/json" : "application/problem+json";
        expect(Object.keys(content), `${name} ${status}`).toEqual([type]);
      }
    }
  });
});

describe("whatever is sent, the answer is one that the document has, and no 5xx", () => {
  let address = 0;
  it.each(operations)("$name", async (one) => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(requests(one), async ({ url, body }) => {
        address += 1;
        const from = `10.0.${address >> 8}.${address % 256}`;
        const asked = `${one.method.toUpperCase()} ${url}`;
        const { status, headers, json } = await admin.ask(asked, "owner", body, from);
        statuses.add(status);
        expect(status).toBeLessThan(500);
        const type = String(headers["content-type"]).split(";")[0] ?? "";
        const known = String(status) in one.operation.responses ? String(status) : "4XX";
        const pointer = ["paths", one.path, one.method, "responses", known, "content", type, "schema"]
          .map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1"))
          .join("/");
        const validate = ajv.getSchema(`openapi#/${encodeURI(pointer)}`);
        expect(validate, `${status} ${type}`).toBeDefined();
        expect(validate?.(json()), JSON.stringify(validate?.errors)).toBe(true);
      }),
      { numRuns: 25 },
    );
    // One that only ever is refused would prove little.
    expect([...statuses].some((status) => [200, 404, 409].includes(status))).toBe(true);
  });
});
