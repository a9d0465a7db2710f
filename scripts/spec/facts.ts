import { BaseResolver, bundle, createConfig, type normalizeTypes, Source } from "@redocly/openapi-core";
import { equal, isObject, type Json, type JsonObject, objectAt, sorted, words } from "./json.ts";
import { RECURSIVE, spellSchema } from "./schema.ts";
import { Unusable } from "./unusable.ts";

/** Prose and bookkeeping, besides what begins with `x-`. */
const NO_FACT = words(
  "$anchor $comment $defs $id $schema bearerFormat callbacks definitions description example examples " +
    "externalDocs links summary tags title xml",
);
/** Without a value, or with this one, all these say the same. */
const OFF = words(
  "allowEmptyValue allowReserved deprecated nullable readOnly required uniqueItems writeOnly",
);
const EMPTY = words("content headers parameters properties required responses servers variables");
/** How parameters in a path are spelled anyhow. */
const IN_PATH: JsonObject = { style: "simple", explode: false };

/**
 * The facts of some operations of a document, without prose, with what their references point at in the place of
 * these; and those of the security schemes that the document declares. openapi-core does the work: its type tree
 * says what stands where, its bundler follows the references.
 */
export async function factsOf(document: JsonObject, operations: JsonObject) {
  const isVersion30 = String(document["openapi"]).startsWith("3.0.");
  try {
    // In order, so that of schemas that hold each other the same one is always met first.
    const plain = withPlainReferences(sorted({ ...document, operations }), isVersion30);
    // The types of OpenAPI 3.1 know all that 3.0 and 3.2 say about our operations.
    const parsed: JsonObject = { ...Object(plain), openapi: "3.1.0" };
    const doc = { source: new Source("", ""), parsed };
    // This changes what was parsed.
    await bundle({ doc, config: await CONFIG, dereference: true, externalRefResolver: new ReadsNothing() });
    const schemes = objectAt(objectAt(parsed, "components"), "securitySchemes");
    return { operations: objectAt(parsed, "operations"), schemes };
  } catch (error) {
    const isEndless = error instanceof RangeError || /^Self-referencing/.test((error as Error).message);
    throw isEndless ? new Unusable("a $ref leads back to itself, or YAML nests without end") : error;
  }
}

/**
 * A copy in which every `$ref` stands alone, so that what it points at can take its place. In OpenAPI 3.1 what
 * stands beside the `$ref` of a schema adds to it, as in an allOf; anything else beside one does not count.
 * A named schema always stands in an allOf: one that is nothing but a `$ref` to itself can be followed, too.
 */
function withPlainReferences(node: Json, isVersion30: boolean): Json {
  if (Array.isArray(node)) return node.map((item) => withPlainReferences(item, isVersion30));
  if (!isObject(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, withPlainReferences(value, isVersion30)]);
  const { $ref, ...beside }: JsonObject = Object.fromEntries(entries);
  if (typeof $ref !== "string") return Object.fromEntries(entries);
  const isSchema = !/^#\/components\/(?!schemas\/)/.test($ref) && !Object.keys(beside).every(isProse);
  const added = isSchema && !isVersion30 ? beside : {};
  if (equal(added, {}) && !/^#\/components\/schemas\/[^/]+$/.test($ref)) return { $ref };
  return { ...added, allOf: [{ $ref }, added["allOf"] ?? []].flat() };
}

/** Whatever a document refers to, no file and no URL is read. */
class ReadsNothing extends BaseResolver {
  override async resolveDocument(): Promise<never> {
    throw new Unusable("outside of the document");
  }
}

const CONFIG = createConfig({
  plugins: [
    {
      id: "telnyx",
      typeExtension: {
        // Of the whole document only the operations are walked, and the security schemes that they may name.
        oas3: (types) => ({
          ...types,
          Root: { properties: { operations: "Operations", components: "Components" } },
          Operations: { properties: {}, additionalProperties: "Operation" },
          Components: { properties: { securitySchemes: "NamedSecuritySchemes" } },
        }),
      },
      decorators: { oas3: { facts } },
    },
  ],
  decorators: { "telnyx/facts": "on" },
});

/** Changes the document while it is walked: prose goes on the way in, what need not be said on the way out. */
function facts() {
  /** The nodes around the one that is visited. */
  const around = new Set<unknown>();
  return {
    any: {
      enter(node: Json, { type }: { type: NodeType }) {
        around.add(node);
        // A member called `constructor` is not one that openapi-core knows.
        Object.setPrototypeOf(type.properties, null);
        const isOpen = type.name === "Schema" || type.additionalProperties !== undefined;
        keep(node, type, (key) => !isProse(key) && (isOpen || key in type.properties));
      },
      leave(node: Json, { type }: { type: NodeType }) {
        around.delete(node);
        if (!isObject(node)) return;
        keep(node, type, (key) => !isSilent(key, node));
        if (type.name === "Schema") become(node, spellSchema(node));
      },
    },
    ref: {
      enter(node: { $ref: string }, _: unknown, { node: target }: { node?: unknown }) {
        const why = node.$ref.startsWith("#") ? "leads nowhere" : "points outside the document";
        if (target === undefined) throw new Unusable(`$ref "${node.$ref}" ${why}`);
        if (around.has(target)) become(node, { [RECURSIVE]: true });
      },
    },
  };
}

/** What openapi-core knows of a kind of node. */
type NodeType = ReturnType<typeof normalizeTypes>[string];

const isProse = (key: string) => NO_FACT.has(key) || key.startsWith("x-");

/** Whether a node says the same without this key. */
function isSilent(key: string, node: JsonObject): boolean {
  const value = node[key];
  if (value === false && OFF.has(key)) return true;
  if (EMPTY.has(key) && (equal(value ?? {}, {}) || equal(value, []))) return true;
  if (key === "additionalProperties") return value === true || equal(value, {});
  return node["in"] === "path" && equal(value, IN_PATH[key]);
}

/** A map knows no properties: its names are free, and all are kept. */
function keep(node: Json, type: NodeType, isKept: (key: string) => boolean): void {
  if (!isObject(node) || Object.keys(type.properties).length === 0) return;
  for (const key of Object.keys(node)) if (!isKept(key)) delete node[key];
}

/** The bundler knows a node by its identity. */
function become(node: object, other: JsonObject): void {
  for (const key of Object.keys(node)) Reflect.deleteProperty(node, key);
  Object.assign(node, other);
}
