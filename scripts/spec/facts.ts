/**
 * Reads one node of a document, such as an operation: keeps its facts, drops its prose, puts in what its
 * references point at. The way is led by openapi-core's type tree of OpenAPI 3.1, which says what stands where.
 *
 * Its own `bundle({ dereference: true })` is not used, because it does not tell the truth everywhere: what stands
 * beside a `$ref` replaces what the reference says, and does not add to it; what stands beside a `$ref` that
 * another one points at is lost; a schema that holds itself becomes an object without end.
 */
import { normalizeTypes, Oas3_1Types, unescapePointer } from "@redocly/openapi-core";
import { equal, isObject, type Json, type JsonObject } from "./json.ts";
import { both, RECURSIVE, spellSchema } from "./schema.ts";

/** The document cannot be used; the message says why. */
export class Unusable extends Error {
  override readonly name = "Unusable";
}

/** A document that is being read. */
export interface Source {
  readonly document: JsonObject;
  /** In OpenAPI 3.0 whatever stands beside a `$ref` does not count. */
  readonly isVersion30: boolean;
  /** How many nodes were read so far. */
  count: number;
}

/** More than any document needs: a few references that double each other would go on for hours. */
const MAX_NODES = 20_000;

const TYPES: Readonly<Record<string, NodeType>> = normalizeTypes({
  ...Oas3_1Types,
  // A boolean may stand for a schema.
  SchemaProperties: { properties: {}, additionalProperties: "Schema" },
  // With what OpenAPI 3.2 adds.
  MediaType: { properties: { schema: "Schema", itemSchema: "Schema", encoding: "EncodingMap" } },
});
type NodeType = ReturnType<typeof normalizeTypes>[string];

/** Prose and bookkeeping, and what the wire shows only elsewhere; never the names in a map. */
const NO_FACT = new Set(
  (
    "$anchor $comment $defs $id $schema bearerFormat callbacks definitions description example examples " +
    "externalDocs links servers summary security tags title xml"
  ).split(" "),
);

/** What is so anyhow, outside of schemas. */
const OFF = { required: false, deprecated: false, allowEmptyValue: false, allowReserved: false };
const USUAL = { ...OFF, content: {}, headers: {}, parameters: [], variables: {} };

/** The facts of a node of a kind that openapi-core knows by this name. */
export function factsOf(source: Source, kind: string, node: Json): Json {
  return read(source, TYPES[kind], node, []);
}

/** `trail` holds the references that are being followed. */
function read(source: Source, type: NodeType | undefined, node: Json, trail: readonly string[]): Json {
  source.count += 1;
  if (source.count > MAX_NODES) throw new Unusable(`the two operations have more than ${MAX_NODES} parts`);
  if (type?.name === "Schema" && node === true) return {};
  if (type?.name === undefined || typeof node !== "object" || node === null) return node;
  if (Array.isArray(node))
    return node.map((one) => read(source, typeAt(type.items ?? type, one), one, trail));
  if (typeof node["$ref"] === "string") return readReference(source, type, node, node["$ref"], trail);
  const isMap = Object.keys(type.properties).length === 0;
  const facts = Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      const known = Object.hasOwn(type.properties, key) ? type.properties[key] : type.additionalProperties;
      const inside = typeAt(known, value, key);
      const isProse = !isMap && key !== RECURSIVE && (NO_FACT.has(key) || key.startsWith("x-"));
      const isFact = !isProse && (inside !== undefined || type.name === "Schema");
      return isFact ? [[key, read(source, inside, value, trail)]] : [];
    }),
  );
  return type.name === "Schema" ? spellSchema(facts) : spell(type, facts);
}

/** In the type tree a type may depend on the value. */
function typeAt(declared: NodeType["items"], value: Json, key = ""): NodeType | undefined {
  return (typeof declared === "function" ? declared(value, key) : declared) as NodeType | undefined;
}

function readReference(
  source: Source,
  type: NodeType,
  { $ref: _, ...beside }: JsonObject,
  ref: string,
  trail: readonly string[],
): Json {
  const target = lookUp(source.document, ref);
  const isSchema = type.name === "Schema";
  if (trail.includes(ref) && !isSchema) throw new Unusable(`$ref "${ref}" leads back to itself`);
  const facts = trail.includes(ref) ? recursion(target) : read(source, type, target, [...trail, ref]);
  return isSchema && !source.isVersion30 ? both(read(source, type, beside, trail), facts) : facts;
}

/** Stands where a schema holds itself: its type, and that it does. */
function recursion(target: Json): Json {
  const type = isObject(target) ? target["type"] : undefined;
  return spellSchema({ ...(type === undefined ? {} : { type }), [RECURSIVE]: true });
}

/** What a `$ref` points at, which may be a reference itself. Nothing outside the document is ever read. */
export function lookUp(document: JsonObject, ref: string): Json {
  if (!/^#(\/|$)/.test(ref)) throw new Unusable(`$ref "${ref}" points outside the document, or to an anchor`);
  let node: unknown = document;
  for (const part of ref.split("/").slice(1)) {
    const key = /%(?![\da-f]{2})/i.test(part) ? part : unescapePointer(part);
    node = Object.hasOwn(Object(node), key) ? Reflect.get(Object(node), key) : undefined;
  }
  if (node === undefined) throw new Unusable(`$ref "${ref}" leads nowhere`);
  return node as Json;
}

/** Of several ways to say the same, one. */
function spell({ name, properties }: NodeType, facts: JsonObject): JsonObject {
  if (["MediaTypesMap", "HeadersMap", "Responses"].includes(name)) {
    const spelled = (key: string) => (/^\dxx$/i.test(key) ? key.toUpperCase() : key.toLowerCase());
    return Object.fromEntries(Object.entries(facts).map(([key, value]) => [spelled(key), value]));
  }
  if (Object.keys(properties).length === 0) return facts;
  const { in: where, scheme, scopes } = facts;
  if (typeof scheme === "string") facts["scheme"] = scheme.toLowerCase();
  // A scope's value is its description.
  if (isObject(scopes)) facts["scopes"] = Object.fromEntries(Object.keys(scopes).map((key) => [key, ""]));
  const style = where === "query" || where === "cookie" ? "form" : "simple";
  const explode = (facts["style"] ?? style) === "form";
  const usual: JsonObject = { ...USUAL, ...("style" in properties ? { style, explode } : {}) };
  return Object.fromEntries(Object.entries(facts).filter(([key, value]) => !equal(value, usual[key])));
}
