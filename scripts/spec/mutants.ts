/** The documents that spec:mutate tries: each states one fact otherwise than upstream.json does. */
import { isObject, type Json, type JsonObject, listAt } from "./json.ts";
import { normalForm } from "./normal-form.ts";
import { Unusable } from "./unusable.ts";

/** What is added to a map of names, by the key of the map. */
const NAMED: Readonly<Record<string, JsonObject>> = {
  properties: { region: { type: "string" } },
  responses: { "202": {} },
  content: { "text/plain": {} },
};
/** What is added to any other object, one by one; where it says nothing, the normal form does not have it. */
const KEYWORDS: JsonObject = {
  additionalProperties: false,
  deprecated: true,
  enum: ["only"],
  format: "other",
  multipleOf: 7,
  pattern: "^other$",
  maxLength: 7,
  headers: { "x-other": { schema: { type: "string" } } },
  properties: { region: { type: "string" } },
  servers: [{ url: "https://rooms.telnyx.com/v2" }],
  style: "matrix",
};
/** What is added to a list, by its key: all at once, and the first alone. Other lists hold names. */
const ITEMS: Readonly<Record<string, readonly Json[]>> = {
  servers: [{ url: "https://api.eu.telnyx.com/v2" }],
  security: [{ bearerAuth: [] }, {}],
  parameters: [{ in: "query", name: "region", schema: { type: "string" } }],
};
/** What a word or a key turns into; others get an ending. */
const OTHERS = new Map(
  Object.entries({ string: "integer", integer: "string", object: "string", bearer: "basic", http: "apiKey" }),
)
  .set("path", "query")
  .set("post", "put")
  .set("application/json", "application/vnd.api+json");
const TYPES = ["string", "integer", "object"];

/** All that differ from `upstream` and from each other once in normal form; what the pull refuses is none. */
export async function mutantsOf(upstream: JsonObject): Promise<JsonObject[]> {
  const byText = new Map<string, JsonObject>();
  for (const mutant of mutantsOfNode(upstream, "")) {
    const normal = await normalForm(mutant).catch(undefinedIfRefused);
    if (normal !== undefined) byText.set(JSON.stringify(normal), normal);
  }
  byText.delete(JSON.stringify(await normalForm(upstream)));
  return [...byText.values()];
}

function undefinedIfRefused(error: unknown): undefined {
  if (!(error instanceof Unusable)) throw error;
}

/** Every leaf changed, every key deleted and renamed, and at every object and list one entry added. */
function* mutantsOfNode(node: Json, key: string): Generator<Json> {
  if (Array.isArray(node)) yield* mutantsOfList(node, key);
  else if (isObject(node)) yield* mutantsOfObject(node, key);
  else if (typeof node === "number") yield* [node + 1, node - 1];
  else if (typeof node === "boolean") yield !node;
  else if (typeof node === "string") {
    yield otherWord(node);
    if (TYPES.includes(node)) yield [node, "null"];
  }
}

function* mutantsOfList(list: readonly Json[], key: string): Generator<Json> {
  for (const [index, item] of list.entries()) {
    yield list.filter((_, other) => other !== index);
    for (const mutant of mutantsOfNode(item, key))
      yield list.map((one, other) => (other === index ? mutant : one));
  }
  const items = ITEMS[key] ?? ["other"];
  yield [...list, ...items];
  yield [...list, ...items.slice(0, 1)];
}

function* mutantsOfObject(node: JsonObject, key: string): Generator<Json> {
  for (const [name, value] of Object.entries(node)) {
    const { [name]: _, ...others } = node;
    yield others;
    yield { ...others, [otherWord(name)]: value };
    for (const mutant of mutantsOfNode(value, name)) yield { ...node, [name]: mutant };
  }
  for (const [name, value] of Object.entries(NAMED[key] ?? KEYWORDS))
    if (!(name in node)) yield { ...node, [name]: value };
  const members = isObject(node["properties"]) ? Object.keys(node["properties"]) : [];
  for (const name of members) yield { ...node, required: [...listAt(node, "required"), name] };
}

/** A path loses a part, a status is another one. */
function otherWord(word: string): string {
  if (/^\d{3}$/.test(word)) return String(Number(word) + 6);
  return OTHERS.get(word) ?? (word.startsWith("/") ? word.replace("/actions", "") : `${word}_other`);
}
