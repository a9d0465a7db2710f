/** An operation as it is compared: parameters by name, servers and security in words. */
import { equal, isObject, type Json, type JsonObject, listAt } from "./json.ts";
import { BEARER } from "./normal-form.ts";
import { type Found, shapeOf } from "./operations.ts";

/** `old` is the same operation in the older document: parameters in the path go by the names they had there. */
export function viewOf(document: JsonObject, found: Found, old: Found): JsonObject {
  const { operationId = null, parameters: _, servers, security: _ways, ...facts } = found.operation;
  const parameters = listAt(found.operation, "parameters").filter(isObject);
  const ways = listAt(found.operation, "security");
  const names = parameters.flatMap((one) => (one["in"] === "path" ? String(one["name"]) : []));
  const oldNames = oldNamesOf(names, found.path, old.path);
  const keyed = parameters.map((one): [string, Json] => {
    const name = String(one["name"]);
    return [`${one["in"]} ${(one["in"] === "path" && oldNames.get(name)) || name}`, one];
  });
  return {
    operationId,
    path: found.path.replaceAll(NAME, (whole, name) =>
      oldNames.has(name) ? `{${oldNames.get(name)}}` : whole,
    ),
    method: found.method.toUpperCase(),
    servers: [servers ?? document["servers"] ?? []].flat().map(serverInWords),
    security: (equal(ways, []) ? [{}] : ways).map(wayInWords),
    parameters: Object.fromEntries(keyed),
    ...facts,
  };
}

const NAME = /\{([^}]*)\}/g;

/** What the parameters of a path were called in the old path, by their names of now; a name that is in use is none. */
function oldNamesOf(names: readonly string[], path: string, oldPath: string): Map<string, string> {
  if (shapeOf(path) !== shapeOf(oldPath)) return new Map();
  const old = [...oldPath.matchAll(NAME)].map(([, name = ""]) => name);
  const pairs = [...path.matchAll(NAME)].map(([, name = ""], index): [string, string] => [
    name,
    old[index] ?? name,
  ]);
  return new Map(pairs.filter(([name, oldName]) => names.includes(name) && !names.includes(oldName)));
}

function serverInWords(server: Json): string {
  const { url = "", ...more } = Object(server) as JsonObject;
  return equal(more, {}) ? String(url) : `${url} ${JSON.stringify(more)}`;
}

/** One of the ways in which a caller may show who it is. */
function wayInWords(way: Json): string {
  const needed = Object.entries(Object(way) as JsonObject).map(([name, scopes]) =>
    [name === BEARER ? "bearer" : name, ...[scopes].flat()].join(" "),
  );
  return needed.join(" and ") || "none";
}
