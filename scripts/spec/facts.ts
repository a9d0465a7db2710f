import { BaseResolver, bundle, createConfig, Source } from "@redocly/openapi-core";
import { equal, isObject, type Json, type JsonObject, objectAt } from "./json.ts";
import { withPlainReferences } from "./references.ts";
import { RECURSIVE, spellSchema } from "./schema.ts";
import { Unusable } from "./unusable.ts";

/** Prose and bookkeeping; never the names in a map. */
const NO_FACT = new Set(
  (
    "$anchor $comment $defs $id $schema bearerFormat callbacks definitions description example examples " +
    "externalDocs links summary tags title xml"
  ).split(" "),
);

/** What is so anyhow, outside of schemas. */
const OFF = { required: false, deprecated: false, allowEmptyValue: false, allowReserved: false };
const USUAL: JsonObject = { ...OFF, content: {}, headers: {}, parameters: [], servers: [], variables: {} };
/** How anything but a query or a cookie is spelled anyhow. */
const SIMPLE = { style: "simple", explode: false };

/**
 * The facts of some operations of a document, without prose, with what their references point at in the place of
 * these; and those of the security schemes that the document declares. openapi-core does the work: its type tree
 * says what stands where, its bundler follows the references.
 */
export async function factsOf(document: JsonObject, operations: JsonObject, isVersion30: boolean) {
  // The types of OpenAPI 3.1 know all that 3.0 and 3.2 say about our operations.
  const parsed = withPlainReferences({ ...document, openapi: "3.1.0", operations }, isVersion30);
  const doc = { source: new Source("", ""), parsed };
  const options = { config: await CONFIG, dereference: true, externalRefResolver: new ReadsNothing() };
  const facts: Json = (await bundle({ doc, ...options })).bundle.parsed;
  const schemes = objectAt(objectAt(facts, "components"), "securitySchemes");
  return { operations: objectAt(facts, "operations"), schemes };
}

/** Whatever a document refers to, no file and no URL is read. */
class ReadsNothing extends BaseResolver {
  override async resolveDocument(): Promise<never> {
    throw new Unusable("outside of the document");
  }
}

/** These have no more kinds of nodes than are listed. */
const NO_MORE = { additionalProperties: null };
const CONFIG = createConfig({
  plugins: [
    {
      id: "telnyx",
      typeExtension: {
        // Of the whole document only the operations are walked, and the security schemes that they may name.
        oas3: (types) => ({
          ...types,
          Root: { properties: { operations: "Operations", components: "Components" }, ...NO_MORE },
          Operations: { properties: {}, additionalProperties: "Operation" },
          Components: { properties: { securitySchemes: "NamedSecuritySchemes" }, ...NO_MORE },
        }),
      },
      decorators: { oas3: { facts: () => factsVisitor() } },
    },
  ],
  decorators: { "telnyx/facts": "on" },
});

/** What openapi-core knows of a kind of node; a map has no properties, for its names are free. */
interface Context {
  readonly type: {
    readonly name: string;
    readonly properties: object;
    readonly additionalProperties?: unknown;
  };
}

/** Changes the document while it is walked: prose goes on the way in, what need not be said on the way out. */
function factsVisitor() {
  /** The nodes around the one that is visited. */
  const around = new Set<unknown>();
  return {
    any: {
      enter(node: JsonObject, { type }: Context) {
        around.add(node);
        const isSchema = type.name === "Schema";
        const isCircular = isObject(node) && RECURSIVE in node && !isSchema;
        if (isCircular) throw new Unusable("a $ref leads back to itself");
        const known = Object.keys(type.properties);
        const isFact = (key: string) =>
          isSchema || type.additionalProperties !== undefined || known.includes(key);
        if (known.length > 0) keep(node, (key) => key === RECURSIVE || (isFact(key) && !isProse(key)));
      },
      leave(node: JsonObject, { type }: Context) {
        around.delete(node);
        // To HTTP `Bearer` and `bearer` are the same.
        if (typeof node["scheme"] === "string") node["scheme"] = node["scheme"].toLowerCase();
        if (type.name === "Schema") become(node, spellSchema(node));
        else if (Object.keys(type.properties).length > 0) keep(node, (key) => !isUsual(node, key));
      },
    },
    ref: {
      enter(node: { $ref: string }, _: Context, { node: target }: { node?: unknown }) {
        const why = node.$ref.startsWith("#") ? "leads nowhere" : "points outside the document";
        if (target === undefined) throw new Unusable(`$ref "${node.$ref}" ${why}`);
        if (around.has(target)) become(node, { [RECURSIVE]: true });
      },
    },
  };
}

const isProse = (key: string) => NO_FACT.has(key) || key.startsWith("x-");

/** Parameters in a query are spelled in another style than those of the path. */
function isUsual(node: JsonObject, key: string): boolean {
  const usual = node["in"] === "query" || node["in"] === "cookie" ? USUAL : { ...USUAL, ...SIMPLE };
  return equal(node[key], usual[key]);
}

function keep(node: JsonObject, isKept: (key: string) => boolean): void {
  for (const key of Object.keys(node)) if (!isKept(key)) delete node[key];
}

/** The bundler knows a node by its identity. */
function become(node: object, other: JsonObject): void {
  for (const key of Object.keys(node)) Reflect.deleteProperty(node, key);
  Object.assign(node, other);
}
