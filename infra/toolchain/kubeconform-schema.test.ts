import { describe, expect, it } from "vitest";
import { builtinKinds, closure, customKinds, strict } from "./kubeconform-schema.ts";

describe("strict", () => {
  it("allows no property that is not named, at any depth", () => {
    const inner = { type: "object", properties: { a: { type: "string", description: "text" } } };
    const closed = { type: "object", properties: { a: { type: "string" } }, additionalProperties: false };
    expect(strict(inner)).toEqual(closed);
    expect(strict({ type: "array", items: inner })).toEqual({ type: "array", items: closed });
    expect(strict({ type: "object", additionalProperties: inner })).toEqual({
      type: "object",
      additionalProperties: closed,
    });
  });

  it("leaves open what Kubernetes leaves open", () => {
    expect(strict({ type: "object" })).toEqual({ type: "object" });
    const open = { type: "object", properties: {}, "x-kubernetes-preserve-unknown-fields": true };
    expect(strict(open)).toEqual({ type: "object", properties: {} });
    expect(strict({ properties: {}, additionalProperties: true })).toEqual({
      properties: {},
      additionalProperties: true,
    });
  });

  it("does not close what only narrows", () => {
    const schema = { oneOf: [{ properties: { a: { enum: ["x"] } } }] };
    expect(strict(schema)).toEqual(schema);
  });

  it("takes a property that is called like a word of the language", () => {
    const schema = { properties: { description: { type: "string" }, items: { type: "string" } } };
    expect(strict(schema)).toEqual({ ...schema, additionalProperties: false });
  });

  it("writes numbers that may be texts, and nothing at all, as JSON Schema does", () => {
    expect(strict({ "x-kubernetes-int-or-string": true })).toEqual({ type: ["integer", "string"] });
    expect(strict({ type: "string", nullable: true })).toEqual({ type: ["string", "null"] });
  });
});

const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const meta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const kind = (group: string, version: string, name: string): unknown => ({ group, version, kind: name });
const ref = (name: string): { $ref: string } => ({ $ref: `#/definitions/${name}` });
const definitions = {
  [meta]: { properties: { name: { type: "string" } } },
  [quantity]: { type: "string" },
  Tree: {
    properties: { size: ref(quantity), children: { type: "array", items: ref("Tree") } },
    "x-kubernetes-group-version-kind": [kind("", "v1", "Tree")],
  },
};

describe("builtinKinds", () => {
  it("finds the kinds, each with all that it refers to, itself as well", () => {
    const [tree, ...more] = builtinKinds({ definitions });
    expect(more).toEqual([]);
    expect(tree).toMatchObject({ group: "", version: "v1", kind: "Tree" });
    expect(tree?.schema["definitions"]).toEqual({
      Tree: {
        properties: { size: ref(quantity), children: { type: "array", items: ref("Tree") } },
        additionalProperties: false,
      },
      [quantity]: { type: ["number", "string"] },
    });
  });

  it("refuses a document that refers to what it does not define", () => {
    expect(() => closure(ref("Nothing"), definitions)).toThrow("no definition of Nothing");
  });
});

it("customKinds knows each version, and what metadata is", () => {
  const openAPIV3Schema = {
    type: "object",
    properties: { metadata: { type: "object" }, spec: { type: "object" } },
  };
  const versions = ["v1", "v2"].map((name) => ({ name, schema: { openAPIV3Schema } }));
  const crd = { spec: { group: "example.org", names: { kind: "Thing" }, versions } };
  const found = customKinds(crd, { definitions });
  expect(found.map(({ group, version, kind: name }) => [group, version, name])).toEqual([
    ["example.org", "v1", "Thing"],
    ["example.org", "v2", "Thing"],
  ]);
  expect(found[0]?.schema).toMatchObject({
    properties: { metadata: ref(meta), spec: { type: "object" } },
    additionalProperties: false,
    definitions: { [meta]: { additionalProperties: false } },
  });
});
