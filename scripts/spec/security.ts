import { createHash } from "node:crypto";
import type { FactReader } from "./facts.ts";
import {
  asSet,
  equal,
  isObject,
  type Json,
  type JsonObject,
  lookUp,
  objectAt,
  ownAt,
  sorted,
} from "./json.ts";
import { Unusable } from "./unusable.ts";

/** What the scheme of a bearer token is called. */
const BEARER = "bearerAuth";
/** What no name has, neither that of a component nor that of an HTTP scheme. */
const URL_LIKE = /[/#:]/;

/**
 * The ways in which callers may show who they are. `used` gets the schemes that they name, under names that say what
 * they are: what a document calls them is form.
 *
 * @throws Unusable when a way names a scheme that the document does not have.
 */
export function waysOf(document: JsonObject, all: Json[], reader: FactReader, used: JsonObject): Json[] {
  const nameOf = (declared: string) => {
    const scheme = schemeOf(document, declared, reader);
    const digest = createHash("sha256").update(JSON.stringify(scheme)).digest("hex").slice(0, 8);
    const isBearer = equal(scheme, { type: "http", scheme: "bearer" });
    const name = isBearer ? BEARER : `${String(scheme["type"]).replaceAll(/\W/g, "")}-${digest}`;
    used[name] = scheme;
    return name;
  };
  const ways = all.map((way) => {
    const parts = Object.entries(Object(way) as JsonObject);
    return Object.fromEntries(parts.map(([name, scopes]) => [nameOf(name), asSet([scopes].flat())]));
  });
  return equal(ways, [{}]) ? [] : asSet(ways);
}

function schemeOf(document: JsonObject, declared: string, reader: FactReader): JsonObject {
  const schemes = objectAt(objectAt(document, "components"), "securitySchemes");
  const found = ownAt(schemes, declared) ?? lookUp(document, declared);
  // OpenAPI 3.2 may also name a scheme by its URL.
  if (!isObject(found) && URL_LIKE.test(declared)) return { scheme: declared, type: "http" };
  if (!isObject(found)) throw new Unusable(`security names "${declared}", which components does not have`);
  const scheme = reader.read(found, "SecurityScheme", `security scheme ${declared}`);
  // To HTTP `Bearer` and `bearer` are the same.
  if (typeof scheme["scheme"] === "string") scheme["scheme"] = scheme["scheme"].toLowerCase();
  for (const flow of Object.values(objectAt(scheme, "flows")).filter(isObject)) {
    // What a scope is for is prose, but must be there.
    flow["scopes"] = Object.fromEntries(Object.keys(objectAt(flow, "scopes")).map((scope) => [scope, ""]));
  }
  return sorted(scheme) as JsonObject;
}

/** A way in words, such as "bearer", "bearer and apiKey {…}" or "none". */
export function wayInWords(way: Json, schemes: JsonObject): string {
  const needed = Object.entries(Object(way) as JsonObject).map(([name, scopes]) => {
    const { type = name, ...scheme } = objectAt(schemes, name);
    const words = name === BEARER ? "bearer" : `${type} ${JSON.stringify(scheme)}`;
    return [words, scopes].flat().join(" ");
  });
  return needed.sort().reverse().join(" and ") || "none";
}
