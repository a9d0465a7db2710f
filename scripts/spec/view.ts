/** An operation as it is compared: what stands where in it; parameters by name, servers and security in words. */
import { equal, isObject, type Json, type JsonObject, listAt, words } from "./json.ts";
import { BEARER } from "./normal-form.ts";
import { type Found, shapeOf } from "./operations.ts";

/** A key, and where names stand under this key one of them. */
export type Step = readonly [key: string, name?: string];

const SCHEMA = { properties: "member", items: "schema", additionalProperties: "schema" } as const;
/** Under which keys each kind of node holds others that have a place of their own. */
export const INSIDE = {
  operation: { parameters: "parameter", requestBody: "body", responses: "body" },
  parameter: { schema: "schema" },
  body: { content: "media" },
  media: { schema: "schema" },
  schema: SCHEMA,
  member: SCHEMA,
} as const;
export type Kind = keyof typeof INSIDE;
/** Under these keys stand names, and under each name a node. */
export const MAPS_OF_NAMES: ReadonlySet<string> = words("parameters responses content properties");

export function isSchema(kind: Kind): boolean {
  return INSIDE[kind] === SCHEMA;
}

/** `old` is the same operation in the older document: parameters in the path go by the names they had there. */
export function viewOf(document: JsonObject, found: Found, old: Found): JsonObject {
  const { operationId = null, parameters: _, servers, security: _ways, ...facts } = found.operation;
  const parameters = listAt(found.operation, "parameters").filter(isObject);
  const ways = listAt(found.operation, "security");
  const inPath = parameters.filter((one) => one["in"] === "path").map((one) => String(one["name"]));
  const oldNames = oldNamesOf(inPath, found.path, old.path);
  const oldName = (name: string) => oldNames.get(name) ?? name;
  const keyOf = ({ in: where, name }: JsonObject) =>
    `${where} ${where === "path" ? oldName(String(name)) : name}`;
  return {
    operationId,
    path: found.path.replaceAll(NAME, (_, name) => `{${oldName(name)}}`),
    method: found.method.toUpperCase(),
    servers: [servers ?? document["servers"] ?? []].flat().map(serverInWords),
    security: (equal(ways, []) ? [{}] : ways).map(wayInWords),
    parameters: Object.fromEntries(parameters.map((one) => [keyOf(one), one])),
    ...facts,
  };
}

/** A parameter in a path, such as `{room_id}`. */
const NAME = /\{([^}]*)\}/g;

/**
 * What the declared parameters of a path were called in the old path, by their names of now. Where the paths
 * differ in more than names nothing was renamed, nor was a parameter to whose old name another one answers.
 */
function oldNamesOf(declared: readonly string[], path: string, oldPath: string): Map<string, string> {
  if (shapeOf(path) !== shapeOf(oldPath)) return new Map();
  const [names = [], old = []] = [path, oldPath].map((one) =>
    [...one.matchAll(NAME)].map(([, name = ""]) => name),
  );
  const pairs = names.map((name, index): [string, string] => [name, old[index] ?? name]);
  return new Map(pairs.filter(([name, oldName]) => declared.includes(name) && !declared.includes(oldName)));
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
