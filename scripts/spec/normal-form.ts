import { factsOf, type Source, Unusable } from "./facts.ts";
import { asSet, equal, isObject, type Json, type JsonObject, listAt, objectAt, sorted } from "./json.ts";
import { type Found, findOperations } from "./operations.ts";

/**
 * The normal form of a Telnyx document: the facts of the two operations and nothing else. Two documents that
 * say the same about them have the same normal form, and the normal form is its own.
 *
 * It is OpenAPI 3.1.0 without `info` and without descriptions of answers, which are prose: the overlay adds
 * ours. Security stands on each operation; servers at the top when both operations have the same.
 *
 * @throws Unusable when the document is no OpenAPI 3 document or lacks an operation.
 */
export function normalForm(document: Json): JsonObject {
  const version = isObject(document) ? document["openapi"] : undefined;
  if (!isObject(document) || typeof version !== "string" || !/^3\.[012]\./.test(version)) {
    throw new Unusable("this is no OpenAPI 3.0 or 3.1 document");
  }
  const source = { document, isVersion30: version.startsWith("3.0."), count: 0 };
  const found = findOperations(document);
  const servers = found.map((place) => serversOf(source, place));
  const isSame = servers.every((list) => equal(list, servers[0]));
  const securitySchemes: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  for (const [index, place] of found.entries()) {
    const own = isSame ? {} : { servers: servers[index] ?? [] };
    const operation = { ...operationOf(source, place, securitySchemes), ...own };
    paths[place.path] = { ...paths[place.path], [place.method]: operation };
  }
  const top: JsonObject = { openapi: "3.1.0", paths };
  if (isSame && servers[0]?.length) top["servers"] = servers[0];
  if (Object.keys(securitySchemes).length > 0) top["components"] = { securitySchemes };
  return sorted(top) as JsonObject;
}

/** The nearest ones count. */
function serversOf(source: Source, { item, operation }: Found): Json[] {
  const holders = [operation, item, source.document].map((holder) => listAt(holder, "servers"));
  const nearest = holders.find((servers) => servers.length > 0) ?? [];
  return nearest.map((server) => factsOf(source, "Server", server));
}

function operationOf(source: Source, { item, operation }: Found, schemes: JsonObject): JsonObject {
  const parameters = [...listAt(item, "parameters"), ...listAt(operation, "parameters")];
  const facts = factsOf(source, "Operation", { ...operation, parameters: [] });
  // Of two with the same place and name the operation's counts. OpenAPI ignores three headers.
  const byPlace = new Map<string, Json>();
  for (const parameter of parameters.map((one) => factsOf(source, "Parameter", one))) {
    const { in: where, name } = isObject(parameter) ? parameter : {};
    const isIgnored = where === "header" && /^(accept|content-type|authorization)$/i.test(String(name));
    if (where !== undefined && name !== undefined && !isIgnored) byPlace.set(`${where} ${name}`, parameter);
  }
  const inOrder = [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, parameter]) => parameter);
  return {
    responses: {},
    ...(isObject(facts) ? facts : {}),
    ...(inOrder.length > 0 ? { parameters: inOrder } : {}),
    security: securityOf(source, operation["security"] ?? source.document["security"] ?? [], schemes),
  };
}

/** `schemes` gathers those that are used. A scheme's name is form: here it is called after what it is. */
function securityOf(source: Source, security: Json, schemes: JsonObject): Json[] {
  const declared = objectAt(source.document["components"], "securitySchemes");
  const entryOf = ([name, scopes]: [string, Json]): [string, Json] => {
    const scheme = declared[name];
    if (scheme === undefined) throw new Unusable(`security names "${name}", which components does not have`);
    const facts = factsOf(source, "SecurityScheme", scheme) as JsonObject;
    const words = ["type", "scheme", "in", "name"].map((key) => facts[key] ?? "");
    const called = equal(facts, { type: "http", scheme: "bearer" }) ? "bearerAuth" : words.join("_");
    schemes[called] = facts;
    return [called, Array.isArray(scopes) ? asSet(scopes) : []];
  };
  const alternatives = Array.isArray(security) ? security.filter(isObject) : [];
  const ways = asSet(alternatives.map((needed) => Object.fromEntries(Object.entries(needed).map(entryOf))));
  return equal(ways, [{}]) ? [] : ways;
}
