import { factsOf } from "./facts.ts";
import { asSet, equal, isObject, type Json, type JsonObject, listAt, objectAt, sorted } from "./json.ts";
import { type Found, findOperations } from "./operations.ts";
import { Unusable } from "./unusable.ts";

/** What the scheme of a bearer token is called. */
export const BEARER = "bearerAuth";

/**
 * The normal form of a Telnyx document: the facts of the two operations and nothing else. Two documents that
 * say the same about them have the same normal form, and the normal form is its own.
 *
 * It is OpenAPI 3.1.0 without `info` and without descriptions of answers, which are prose: the overlay adds
 * ours. Security stands on each operation; servers at the top when both operations have the same.
 *
 * @throws Unusable when the document is no OpenAPI 3 document or lacks an operation.
 */
export async function normalForm(document: Json): Promise<JsonObject> {
  const version = isObject(document) ? document["openapi"] : undefined;
  if (!isObject(document) || typeof version !== "string" || !/^3\.[012]\./.test(version)) {
    throw new Unusable("this is no OpenAPI 3.0 or 3.1 document");
  }
  const found = findOperations(document);
  const whole = Object.fromEntries(found.map((place) => [place.name, wholeOperation(document, place)]));
  const facts = await factsOf(document, whole, version.startsWith("3.0."));
  const operations = found.map(({ name }) =>
    normalOperation(objectAt(facts.operations, name), facts.schemes),
  );
  const [first, second] = operations.map((operation) => operation["servers"]);
  const isSame = equal(first, second);
  const paths: Record<string, JsonObject> = {};
  for (const [index, { path, method }] of found.entries()) {
    const { servers = [], ...operation } = operations[index] ?? {};
    paths[path] = { ...paths[path], [method]: isSame ? operation : { ...operation, servers } };
  }
  const used = operations
    .flatMap((operation) => listAt(operation, "security"))
    .flatMap((way) => Object.keys(objectAt({ way }, "way")));
  const schemes = Object.values(facts.schemes).map((scheme) => [nameOf(scheme), scheme] as const);
  const securitySchemes = Object.fromEntries(schemes.filter(([name]) => used.includes(name)));
  return sorted({
    openapi: "3.1.0",
    ...(isSame && first !== undefined ? { servers: first } : {}),
    paths,
    ...(used.length > 0 ? { components: { securitySchemes } } : {}),
  }) as JsonObject;
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

function normalOperation(operation: JsonObject, schemes: JsonObject): JsonObject {
  // Of two parameters with the same place and name the operation's counts.
  const parameters = new Map(
    listAt(operation, "parameters")
      .filter(isObject)
      .map((parameter) => [`${parameter["in"]} ${parameter["name"]}`, parameter]),
  );
  const ways = listAt(operation, "security").filter(isObject);
  const security = ways.map((way) =>
    Object.fromEntries(Object.entries(way).map(([name, scopes]) => [nameOf(schemes[name], name), scopes])),
  );
  return {
    responses: {},
    ...operation,
    ...(parameters.size > 0
      ? { parameters: [...parameters].sort(byKey).map(([, parameter]) => parameter) }
      : {}),
    security: equal(security, [{}]) ? [] : asSet(security),
  };
}

const byKey = ([a]: [string, Json], [b]: [string, Json]) => (a < b ? -1 : 1);

/** A scheme's name is form: here it is called after what it is. */
function nameOf(scheme: Json | undefined, declared = ""): string {
  if (!isObject(scheme)) throw new Unusable(`security names "${declared}", which components does not have`);
  if (equal(scheme, { type: "http", scheme: "bearer" })) return BEARER;
  return ["type", "scheme", "in", "name"].flatMap((key) => scheme[key] ?? []).join("_");
}
