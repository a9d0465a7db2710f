import { asSet, isObject, type Json, type JsonObject, listAt } from "./json.ts";
import { normalForm } from "./normal-form.ts";

type Edit = (document: JsonObject) => void;
type Keys = readonly (string | number)[];

/** Documents in normal form that each state one fact otherwise than `upstream` does. */
export function mutantsOf(upstream: JsonObject): JsonObject[] {
  return [...documentEdits(upstream)].map((edit) => {
    const mutant = structuredClone(upstream);
    edit(mutant);
    return normalForm(mutant);
  });
}

/** Gives what stands at `keys` a new value; undefined takes it away. */
function put(keys: Keys, value: Json | undefined): Edit {
  return (document) => {
    const last = keys.at(-1) ?? "";
    const parent = at(document, keys.slice(0, -1));
    if (value === undefined) Reflect.deleteProperty(Object(parent), last);
    else Reflect.set(Object(parent), last, structuredClone(value));
  };
}

function rename(keys: Keys, name: string): Edit {
  return (document) => {
    const value = at(document, keys);
    put(keys, undefined)(document);
    put([...keys.slice(0, -1), name], value)(document);
  };
}

function at(document: Json, keys: Keys): Json | undefined {
  let node: unknown = document;
  for (const key of keys) node = Reflect.get(Object(node), key);
  return node as Json | undefined;
}

function namesAt(document: Json, keys: Keys): string[] {
  const node = at(document, keys);
  return isObject(node) ? Object.keys(node) : [];
}

function* documentEdits(document: JsonObject): Generator<Edit> {
  yield put(["servers", 0, "url"], "https://api.telnyx.com/v3");
  yield put(["servers", 1], { url: "https://api.eu.telnyx.com/v2" });
  yield put(["servers"], undefined);
  for (const name of namesAt(document, ["components", "securitySchemes"])) {
    const scheme = ["components", "securitySchemes", name];
    yield put([...scheme, "scheme"], "basic");
    yield put(scheme, { type: "apiKey", in: "header", name: "x-api-key" });
  }
  for (const path of namesAt(document, ["paths"])) {
    yield rename(["paths", path], `/v2${path}`);
    yield rename(["paths", path], path.replace("/actions", ""));
    for (const method of namesAt(document, ["paths", path])) {
      yield* operationEdits(document, ["paths", path, method]);
    }
  }
}

function* operationEdits(document: JsonObject, place: Keys): Generator<Edit> {
  yield rename(place, "put");
  yield put([...place, "operationId"], "Renamed");
  yield put([...place, "deprecated"], true);
  yield put([...place, "servers"], [{ url: "https://rooms.telnyx.com/v2" }]);
  const isOpen = listAt(at(document, place), "security").length === 0;
  yield put([...place, "security"], isOpen ? [{ bearerAuth: [] }] : []);
  yield put([...place, "security"], [{}, { bearerAuth: [] }]);
  yield* parameterEdits(document, [...place, "parameters"]);
  const body = [...place, "requestBody"];
  yield put(body, undefined);
  yield put([...body, "required"], undefined);
  yield* contentEdits(document, [...body, "content"]);
  const responses = [...place, "responses"];
  yield put([...responses, "202"], {});
  for (const status of namesAt(document, responses)) {
    yield put([...responses, status], undefined);
    yield rename([...responses, status], String(Number(status) + 6));
    yield* contentEdits(document, [...responses, status, "content"]);
  }
}

function* parameterEdits(document: JsonObject, list: Keys): Generator<Edit> {
  const region = { in: "query", name: "region", schema: { type: "string" } };
  for (const [index] of listAt(at(document, list.slice(0, -1)), "parameters").entries()) {
    yield put([...list, index + 1], region);
    yield put([...list, index, "name"], "id");
    yield put([...list, index, "in"], "query");
    yield* schemaEdits(document, [...list, index, "schema"]);
  }
}

function* contentEdits(document: JsonObject, content: Keys): Generator<Edit> {
  yield put(content, undefined);
  for (const type of namesAt(document, content)) {
    yield rename([...content, type], "application/vnd.api+json");
    yield put([...content, "text/plain"], {});
    yield* schemaEdits(document, [...content, type, "schema"]);
  }
}

function* schemaEdits(document: JsonObject, place: Keys): Generator<Edit> {
  const schema = at(document, place);
  if (!isObject(schema)) return;
  const { type, format } = schema;
  yield put([...place, "type"], type === "string" ? "integer" : "string");
  if (typeof type === "string") yield put([...place, "type"], [type, "null"]);
  if (type === "string") yield put([...place, "format"], "other");
  if (format !== undefined) yield put([...place, "format"], undefined);
  if (type !== "object") yield put([...place, "enum"], ["only"]);
  for (const [keyword, value] of Object.entries(schema)) {
    if (typeof value !== "number") continue;
    yield put([...place, keyword], value + 1);
    yield put([...place, keyword], value - 1);
    yield put([...place, keyword], undefined);
  }
  if (type === "object") yield* memberEdits(document, place, listAt(schema, "required"));
}

function* memberEdits(document: JsonObject, place: Keys, required: Json[]): Generator<Edit> {
  yield put([...place, "additionalProperties"], false);
  yield put([...place, "properties"], {
    ...Object(at(document, [...place, "properties"])),
    region: { type: "string" },
  });
  for (const name of namesAt(document, [...place, "properties"])) {
    const member = [...place, "properties", name];
    const others = required.filter((other) => other !== name);
    const isRequired = others.length < required.length;
    yield put([...place, "required"], isRequired ? others : asSet([...required, name]));
    yield (mutant) => {
      rename(member, `${name}_new`)(mutant);
      if (isRequired) put([...place, "required"], asSet([...others, `${name}_new`]))(mutant);
    };
    yield put(member, undefined);
    yield* schemaEdits(document, member);
  }
}
