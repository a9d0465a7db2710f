import { createHash } from "node:crypto";
import { FactReader } from "./facts.ts";
import { asSet, equal, isObject, type Json, type JsonObject, listAt, lookUp, sorted } from "./json.ts";
import { type Found, findOperations, placeOf } from "./operations.ts";
import { Unusable } from "./unusable.ts";

/**
 * The normal form of a Telnyx document: the facts of the two operations and nothing else. Two documents that
 * say the same about them have the same normal form, and a normal form is its own normal form.
 *
 * It is OpenAPI 3.1.0 without `info` and without descriptions of responses, which are prose: the overlay
 * adds ours. Security stands on each operation; servers at the top, and on refresh where it has others than create.
 *
 * @throws Unusable when the document is no OpenAPI 3 document, lacks an operation, or is malformed there.
 */
export function normalForm(document: Json): JsonObject {
  if (!isObject(document) || !/^3\.[012]\./.test(String(document["openapi"])))
    throw new Unusable("this is no OpenAPI 3.0 or 3.1 document");
  const reader = new FactReader(document);
  const [paths, securitySchemes]: [Record<string, JsonObject>, JsonObject] = [{}, {}];
  let common: JsonObject[] | undefined;
  for (const found of findOperations(document)) {
    const facts = reader.read(wholeOperation(document, found), "Operation", found.name);
    const { path, servers, roomId } = placeOf(found, listAt(facts, "servers"));
    common ??= servers;
    const operation: JsonObject = { ...facts, parameters: parametersOf(facts, roomId) };
    operation["security"] = waysOf(document, listAt(facts, "security"), reader, securitySchemes);
    delete operation["servers"];
    // Without servers OpenAPI assumes this one.
    if (!equal(servers, common)) operation["servers"] = servers.length > 0 ? servers : [{ url: "/" }];
    paths[path] = { ...paths[path], [found.method]: operation };
  }
  const components = equal(securitySchemes, {}) ? {} : { components: { securitySchemes } };
  const servers = common?.length ? { servers: common } : {};
  return sorted({ openapi: "3.1.0", paths, ...servers, ...components }) as JsonObject;
}

/**
 * With what stands around it: the parameters of the path too, the nearest servers, the security of the whole. What is
 * no list stays as it is, for the reader to reject.
 */
function wholeOperation(document: JsonObject, { item, operation }: Found): JsonObject {
  const parameters = [item, operation].map((holder) => holder["parameters"] ?? []);
  const servers = [operation, item, document].map((holder) => holder["servers"] ?? []);
  return {
    ...operation,
    parameters: parameters.find((list) => !Array.isArray(list)) ?? parameters.flat(),
    servers: servers.find((list) => !equal(list, [])) ?? [],
    security: operation["security"] ?? document["security"] ?? [],
  };
}

/** In order; of two with the same place and name the later one, which is the operation's, counts. */
function parametersOf(operation: JsonObject, roomId: string | undefined): Json[] {
  const parameters = listAt(operation, "parameters").map((parameter): [string, JsonObject] => {
    const { in: where, name: given, ...facts } = Object(parameter) as JsonObject;
    const ours = where === "path" && given === roomId ? "room_id" : String(given);
    const name = where === "header" ? ours.toLowerCase() : ours;
    return [`${where} ${name}`, { in: String(where), name, ...facts }];
  });
  return Object.values(sorted(Object.fromEntries(parameters)) as JsonObject);
}

/**
 * The ways in which callers may show who they are. `used` gets the schemes that they name, under names that say what
 * they are: the names in a document do not matter.
 */
function waysOf(document: JsonObject, all: Json[], reader: FactReader, used: JsonObject): Json[] {
  const ways = all.map((way) =>
    Object.entries(Object(way) as JsonObject).map(([declared, scopes]) => {
      const scheme = schemeOf(document, declared, reader);
      const digest = createHash("sha256").update(JSON.stringify(scheme)).digest("hex").slice(0, 8);
      const isBearer = equal(scheme, { type: "http", scheme: "bearer" });
      const name = isBearer ? "bearerAuth" : `${String(scheme["type"]).replaceAll(/\W/g, "")}-${digest}`;
      used[name] = scheme;
      return [name, asSet([scopes].flat())];
    }),
  );
  return equal(ways, [[]]) ? [] : asSet(ways.map((way) => Object.fromEntries(way)));
}

function schemeOf(document: JsonObject, declared: string, reader: FactReader): JsonObject {
  const found = lookUp(document, `#/components/securitySchemes/${declared}`) ?? lookUp(document, declared);
  // OpenAPI 3.2 may also name a scheme by its URL, which has what no name of a component has.
  if (found === undefined && /[/#:]/.test(declared)) return { scheme: declared, type: "http" };
  if (found === undefined) throw new Unusable(`security names "${declared}", which components does not have`);
  const facts = JSON.stringify(sorted(reader.read(found, "SecurityScheme", `security scheme ${declared}`)));
  return JSON.parse(facts, (key, value) => {
    // What a scope is for is prose, but must be there; to HTTP `Bearer` and `bearer` are the same.
    if (key === "scopes") return Object.fromEntries(Object.keys(value).map((scope) => [scope, ""]));
    return key === "scheme" ? String(value).toLowerCase() : value;
  });
}
