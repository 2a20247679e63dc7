import { z } from "zod";

export type Schema = Readonly<Record<string, unknown>>;

const schemaSchema = z.record(z.string(), z.unknown());
const mapSchema = z.record(z.string(), schemaSchema);

/** What neither says what is valid nor is understood by validators. */
const isNote = (key: string): boolean =>
  key === "description" || key === "default" || key.startsWith("x-kubernetes-");

const WRITTEN_AS_NUMBER_OR_TEXT = [
  "io.k8s.apimachinery.pkg.api.resource.Quantity",
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
];

/**
 * A schema of Kubernetes as JSON Schema (draft 4) that allows no property that it does not name. What stands in
 * `allOf` and the like only narrows, and is left as it is.
 */
export function strict(schema: Schema): Schema {
  const properties = mapSchema.optional().parse(schema["properties"]);
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || "additionalProperties" in schema;
  const { items, additionalProperties, nullable } = schema;
  const own: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(schema).filter(([key]) => !isNote(key) && key !== "nullable")),
    ...(items === undefined ? {} : { items: strict(schemaSchema.parse(items)) }),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: strict(schemaSchema.parse(additionalProperties)) }
      : {}),
  };
  if (properties !== undefined) {
    own["properties"] = Object.fromEntries(
      Object.entries(properties).map(([key, one]) => [key, strict(one)]),
    );
    if (!open) own["additionalProperties"] = false;
  }
  if (schema["x-kubernetes-int-or-string"] === true) own["type"] = ["integer", "string"];
  else if (nullable === true) own["type"] = [schema["type"], "null"];
  return own;
}

/** Names of the definitions that the schema refers to. */
const refersTo = (schema: Schema): string[] =>
  [...JSON.stringify(schema).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(([, name = ""]) => name);

/** The definitions that a schema needs, strict. */
export function closure(
  schema: Schema,
  definitions: Readonly<Record<string, Schema>>,
): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const wanted = refersTo(schema);
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (name in found) continue;
    const definition = definitions[name];
    if (definition === undefined) throw new Error(`no definition of ${name}`);
    const own = WRITTEN_AS_NUMBER_OR_TEXT.includes(name)
      ? { type: ["number", "string"] }
      : strict(definition);
    found[name] = own;
    wanted.push(...refersTo(own));
  }
  return found;
}

export interface KindSchema {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: Schema;
}

const swaggerSchema = z.object({ definitions: mapSchema });
const kindsSchema = z
  .array(z.object({ group: z.string(), version: z.string(), kind: z.string() }))
  .default([]);

/** Every kind of object in Kubernetes' own OpenAPI document, each with all that it refers to. */
export function builtinKinds(swagger: unknown): KindSchema[] {
  const { definitions } = swaggerSchema.parse(swagger);
  return Object.values(definitions).flatMap((definition) =>
    kindsSchema.parse(definition["x-kubernetes-group-version-kind"]).map((kind) => {
      const schema = strict(definition);
      return { ...kind, schema: { ...schema, definitions: closure(schema, definitions) } };
    }),
  );
}

const METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

const crdSchema = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(
      z.object({
        name: z.string(),
        schema: z.object({ openAPIV3Schema: z.looseObject({ properties: mapSchema }) }),
      }),
    ),
  }),
});

/** The kinds of a CustomResourceDefinition. It leaves the metadata open, which Kubernetes checks by itself. */
export function customKinds(crd: unknown, swagger: unknown): KindSchema[] {
  const { definitions } = swaggerSchema.parse(swagger);
  const { group, names, versions } = crdSchema.parse(crd).spec;
  return versions.map(({ name, schema: { openAPIV3Schema } }) => {
    const metadata = { $ref: `#/definitions/${METADATA}` };
    const schema = strict({ ...openAPIV3Schema, properties: { ...openAPIV3Schema.properties, metadata } });
    return {
      group,
      version: name,
      kind: names.kind,
      schema: { ...schema, definitions: closure(schema, definitions) },
    };
  });
}
