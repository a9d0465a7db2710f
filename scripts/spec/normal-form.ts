import { FactReader } from "./facts.ts";
import { equal, isObject, type Json, type JsonObject, listAt, sorted } from "./json.ts";
import { type Found, findOperations } from "./operations.ts";
import { placeOf } from "./place.ts";
import { waysOf } from "./security.ts";
import { Unusable } from "./unusable.ts";

/**
 * The normal form of a Telnyx document: the facts of the two operations and nothing else. Two documents that
 * say the same about them have the same normal form, and the normal form is its own.
 *
 * It is OpenAPI 3.1.0 without `info` and without descriptions of answers, which are prose: the overlay adds
 * ours. Security stands on each operation; servers at the top, and on refresh where it has others than create.
 *
 * @throws Unusable when the document is no OpenAPI 3 document, lacks an operation, or is malformed there.
 */
export function normalForm(document: Json): JsonObject {
  if (!isObject(document) || !/^3\.[012]\./.test(String(document["openapi"])))
    throw new Unusable("this is no OpenAPI 3.0 or 3.1 document");
  try {
    return sorted(normalFormOf(document)) as JsonObject;
  } catch (error) {
    throw error instanceof RangeError ? new Unusable("the two operations nest without end") : error;
  }
}

function normalFormOf(document: JsonObject): JsonObject {
  const reader = new FactReader(document);
  const [paths, securitySchemes]: [Record<string, JsonObject>, JsonObject] = [{}, {}];
  const operations = findOperations(document).map((found) => {
    const facts = reader.read(wholeOperation(document, found), "Operation", found.name);
    const place = placeOf(found, listAt(facts, "servers"));
    const security = waysOf(document, listAt(facts, "security"), reader, securitySchemes);
    const operation: JsonObject = { ...facts, ...parametersOf(facts, place.names), security };
    return { ...place, method: found.method, operation };
  });
  const servers = operations[0]?.servers;
  for (const { path, method, operation: facts, servers: own } of operations) {
    const { servers: _, ...operation } = facts;
    // Where there is none, OpenAPI takes this one.
    const others = equal(own, servers) ? {} : { servers: own.length > 0 ? own : [{ url: "/" }] };
    paths[path] = { ...paths[path], [method]: { ...operation, ...others } };
  }
  const components = equal(securitySchemes, {}) ? {} : { components: { securitySchemes } };
  return { openapi: "3.1.0", paths, ...(servers?.length ? { servers } : {}), ...components };
}

/** With what stands around it: the parameters of the path too, the nearest servers, the security of the whole. */
function wholeOperation(document: JsonObject, { item, operation }: Found): JsonObject {
  const servers = [operation, item, document].map((holder) => listAt(holder, "servers"));
  return {
    ...operation,
    parameters: [...listAt(item, "parameters"), ...listAt(operation, "parameters")],
    servers: servers.find((list) => list.length > 0) ?? [],
    security: operation["security"] ?? document["security"] ?? [],
  };
}

/** In order; of two with the same place and name the later one, which is the operation's, counts. */
function parametersOf(operation: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  const parameters = listAt(operation, "parameters").map((parameter): [string, JsonObject] => {
    const { in: where, name: given, ...facts } = Object(parameter) as JsonObject;
    const inPath = where === "path" ? names.get(String(given)) : undefined;
    const name = where === "header" ? String(given).toLowerCase() : (inPath ?? String(given));
    return [`${where} ${name}`, { in: String(where), name, ...facts }];
  });
  const inOrder = Object.values(sorted(Object.fromEntries(parameters)) as JsonObject);
  return inOrder.length > 0 ? { parameters: inOrder } : {};
}
