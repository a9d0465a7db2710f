import { normalizeTypes, Oas3_1Types } from "@redocly/openapi-core";
import { equal, type Json, type JsonObject, lookUp, words } from "./json.ts";
import { RECURSIVE, spellSchema } from "./schema.ts";
import { Unusable } from "./unusable.ts";

/** What stands where in OpenAPI 3.1, which knows all that 3.0 and 3.2 say about our operations. */
const TYPES = normalizeTypes(Oas3_1Types);
type NodeType = (typeof TYPES)[string];
/** openapi-core names a node that has parts; a plain value has no name, and what it does not know is undefined. */
type Kind = NodeType | { readonly name?: never } | null | undefined;

/** Prose, hints and bookkeeping, besides what begins with `x-` or `$`. */
const NO_FACT = words(
  "bearerFormat callbacks definitions description discriminator example examples externalDocs id links summary tags " +
    "title xml",
);
/** What we write ourselves, and a word of OpenAPI 3.0. */
const ALSO_FACT = words(`nullable ${RECURSIVE}`);
/** With one of these values, these keys say no more than without. */
const SILENT: readonly (readonly [ReadonlySet<string>, ...Json[]])[] = [
  [words("allowEmptyValue allowReserved deprecated nullable readOnly required uniqueItems writeOnly"), false],
  [words("allOf anyOf content headers oneOf parameters properties required responses servers"), {}, []],
  [words("additionalProperties items unevaluatedItems unevaluatedProperties"), {}, true],
  [words("minItems minLength minProperties"), 0],
];
/** How parameters in a path are spelled by default. */
const IN_PATH: JsonObject = { style: "simple", explode: false };
/** No real document has more; references to references make billions of a few lines. */
const MAX_NODES = 50_000;

/**
 * Reads the facts of a document: without prose, without what OpenAPI does not know, and with what references point
 * at in their place. The document itself stays as it is.
 */
export class FactReader {
  readonly #document: JsonObject;
  /** The nodes around the one that is read. */
  readonly #around = new Set<Json>();
  #nodes = 0;

  constructor(document: JsonObject) {
    this.#document = document;
  }

  /**
   * The facts of a node of one kind, such as "Operation"; `name` is what a message calls it.
   *
   * @throws Unusable when a reference leads nowhere or out of the document, or a part is of the wrong kind.
   */
  read(node: Json, kind: string, name: string): JsonObject {
    return Object(this.#node(node, TYPES[kind], name));
  }

  #node(node: Json, type: Kind, place: string): Json {
    if (!type?.name) return plainValue(node, type, place);
    const isSchema = type.name === "Schema";
    if (isSchema && typeof node === "boolean") return node && {};
    if (node === null) return {};
    if (typeof node !== "object" || Array.isArray(node) !== Boolean(type.items))
      throw new Unusable(`${place} must be ${type.items ? "a list" : "an object"}`);
    const isAgain = this.#around.has(node);
    if (isAgain && isSchema) return { [RECURSIVE]: true };
    this.#nodes += 1;
    if (isAgain || this.#nodes > MAX_NODES)
      throw new Unusable("a $ref leads back to itself, or nests without end");
    this.#around.add(node);
    const facts = Array.isArray(node)
      ? node.map((item, index) => this.#node(item, kindAt(type, index, item), `${place}/${index}`))
      : this.#object(node, type, place);
    this.#around.delete(node);
    return facts;
  }

  #object(node: JsonObject, type: NodeType, place: string): JsonObject {
    const { $ref, ...beside } = node;
    if (typeof $ref === "string") return this.#reference($ref, beside, type, place);
    const isMap = Object.keys(type.properties).length === 0;
    const facts = Object.entries(node).flatMap(([key, value]): [string, Json][] => {
      const kind = kindAt(type, key, value);
      if (isMap ? kind === undefined : !isFact(key, value, kind)) return [];
      const fact = isMap && value === true ? {} : this.#node(value, kind, `${place}/${key}`);
      const name = spelledName(key, type);
      return isMap || !isSilent(key, fact, node) ? [[name in node ? key : name, fact]] : [];
    });
    const whole: JsonObject = Object.fromEntries(facts);
    return type.name === "Schema" ? spellSchema(whole) : whole;
  }

  /** In OpenAPI 3.1 what stands beside the `$ref` of a schema adds to it; beside any other it does not count. */
  #reference($ref: string, beside: JsonObject, type: NodeType, place: string): JsonObject {
    const target = lookUp(this.#document, $ref);
    const why = $ref.startsWith("#") ? "leads nowhere" : "points outside the document";
    if (target === undefined) throw new Unusable(`$ref "${$ref}" ${why}`);
    const facts = this.#node(target, type, place);
    const isAlone = type.name !== "Schema" || /^3\.0\./.test(String(this.#document["openapi"]));
    if (isAlone) return Object(facts);
    const { allOf = [], ...own } = this.#object(beside, type, place);
    return spellSchema({ ...own, allOf: [facts, allOf].flat() });
  }
}

/** A list or a number must be one; `exclusiveMinimum` and its like are true or false in OpenAPI 3.0. */
function plainValue(value: Json, kind: Kind, place: string): Json {
  const { type } = Object(kind);
  if (type === "array" && !Array.isArray(value)) throw new Unusable(`${place} must be a list`);
  const isBound = type === "number" || type === "integer";
  const isFlag = typeof value === "boolean" && /\/exclusive\w+$/.test(place);
  if (isBound && !Number.isFinite(value) && !isFlag) throw new Unusable(`${place} must be a number`);
  return value;
}

function kindAt(type: NodeType, key: string | number, value: Json): Kind {
  const own = Object.hasOwn(type.properties, key) ? type.properties[key] : type.additionalProperties;
  const known = type.items ?? own;
  return typeof known === "function" ? known(value, String(key)) : known;
}

function isFact(key: string, value: Json, kind: Kind): boolean {
  if (kind === undefined || key.startsWith("x-")) return ALSO_FACT.has(key);
  // Null is a value only where any value may stand, such as `default`; elsewhere it says nothing.
  return !NO_FACT.has(key) && !key.startsWith("$") && (value !== null || kind === null);
}

/** Names whose spelling is free: media types, headers, ranges of statuses. */
function spelledName(name: string, type: NodeType): string {
  if (type.name === "Responses") return name.replace(/xx$/i, "XX");
  if (type.name === "HeadersMap") return name.toLowerCase();
  if (type.name !== "MediaTypesMap") return name;
  const spelled = name.trim().toLowerCase();
  // JSON is always UTF-8.
  return spelled.replaceAll(/\s*;\s*/g, "; ").replace(/(json); charset="?utf-?8"?$/, "$1");
}

/** Whether a node says the same without this key. */
function isSilent(key: string, value: Json, node: JsonObject): boolean {
  if (node["in"] === "path" && equal(value, IN_PATH[key])) return true;
  return SILENT.some(([keys, ...values]) => keys.has(key) && values.some((one) => equal(one, value)));
}
