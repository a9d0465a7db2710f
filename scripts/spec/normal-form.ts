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
  if (!isObject(document) || !/^3\.[012]\./.test(String(document["openapi"]))) {
    throw new Unusable("this is no OpenAPI 3.0 or 3.1 document");
  }
  const found = findOperations(document);
  const whole = found.map((one): [string, JsonObject] => [one.name, wholeOperation(document, one)]);
  const facts = await factsOf(document, Object.fromEntries(whole));
  const [servers = [], others] = found.map(({ name }) => listAt(objectAt(facts.operations, name), "servers"));
  const isSameServer = equal(servers, others);
  const securitySchemes: JsonObject = {};
  const paths: Record<string, JsonObject> = {};
  for (const { name, path, method } of found) {
    const { servers: own = [], ...operation } = objectAt(facts.operations, name);
    const security = securityOf(operation, facts.schemes, securitySchemes);
    const normal = { ...operation, ...parametersOf(operation), security };
    paths[path] = { ...paths[path], [method]: isSameServer ? normal : { ...normal, servers: own } };
  }
  return sorted({
    openapi: "3.1.0",
    paths,
    ...(isSameServer && servers.length > 0 ? { servers } : {}),
    ...(equal(securitySchemes, {}) ? {} : { components: { securitySchemes } }),
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

/** In order; of two with the same place and name the later one, which is the operation's, counts. */
function parametersOf(operation: JsonObject): JsonObject {
  const parameters = listAt(operation, "parameters").filter(isObject);
  const byName = Object.fromEntries(parameters.map((one) => [`${one["in"]} ${one["name"]}`, one]));
  return parameters.length === 0 ? {} : { parameters: Object.values(sorted(byName) as JsonObject) };
}

/** The ways in which callers may show who they are; `used` gets the schemes that they name. */
function securityOf(operation: JsonObject, schemes: JsonObject, used: JsonObject): Json[] {
  const ways = listAt(operation, "security").map((way) => {
    const parts = Object.entries(Object(way) as JsonObject).map(([declared, scopes]): [string, Json] => {
      const scheme = sorted(schemes[declared] ?? null);
      if (!isObject(scheme))
        throw new Unusable(`security names "${declared}", which components does not have`);
      // To HTTP `Bearer` and `bearer` are the same.
      if (typeof scheme["scheme"] === "string") scheme["scheme"] = scheme["scheme"].toLowerCase();
      // A scheme's name is form: here it is called after what it is.
      const name = equal(scheme, { type: "http", scheme: "bearer" }) ? BEARER : JSON.stringify(scheme);
      used[name] = scheme;
      return [name, scopes];
    });
    return Object.fromEntries(parts);
  });
  return equal(ways, [{}]) ? [] : asSet(ways);
}
