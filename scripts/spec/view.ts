/** An operation as it is compared: what it holds, and under which keys; parameters by name, security in words. */
import { equal, isObject, type Json, type JsonObject, listAt } from "./json.ts";
import { BEARER } from "./normal-form.ts";
import { type Found, shapeOf } from "./operations.ts";

const SCHEMA = { properties: "members", items: "schema", additionalProperties: "schema" } as const;

/** Under which keys each kind of node holds others that have a place of their own; `*` is any key. */
const INSIDE = {
  operation: { parameters: "parameters", requestBody: "body", responses: "answers" },
  parameters: { "*": "value" },
  value: { schema: "schema", content: "contents" },
  answers: { "*": "body" },
  body: { content: "contents", headers: "headers" },
  headers: { "*": "value" },
  contents: { "*": "media" },
  media: { schema: "schema" },
  schema: SCHEMA,
  members: { "*": "member" },
  member: SCHEMA,
} as const;
export type Kind = keyof typeof INSIDE;

export function isSchema(kind: Kind): boolean {
  return INSIDE[kind] === SCHEMA;
}

/** The kind of node at `key`; undefined for a plain value, such as a bound. */
export function kindAt(kind: Kind, key: string): Kind | undefined {
  const inside: Readonly<Record<string, Kind>> = INSIDE[kind];
  return Object.hasOwn(inside, key) ? inside[key] : inside["*"];
}

/** `old` is the same operation in the older document: parameters in the path go by the names they had there. */
export function viewOf(document: JsonObject, { operation, path, method }: Found, old: Found): JsonObject {
  const { operationId = null, parameters: _, servers: own, security: _ways, ...facts } = operation;
  const parameters = listAt(operation, "parameters").filter(isObject);
  const ways = listAt(operation, "security");
  const [names, oldNames] = [namesIn(path), namesIn(old.path)];
  const isSamePlace = shapeOf(path) === shapeOf(old.path);
  const isDeclared = names.every((name) => parameters.some((one) => one["name"] === name));
  const keyOf = ({ in: where, name }: JsonObject) => {
    const index = where === "path" && isSamePlace ? names.indexOf(String(name)) : -1;
    return `${where} ${oldNames[index] ?? name}`;
  };
  return {
    operationId,
    path: isSamePlace && isDeclared ? old.path : path,
    method: method.toUpperCase(),
    servers: [own ?? document["servers"] ?? []].flat().map(serverInWords),
    security: (equal(ways, []) ? [{}] : ways).map(wayInWords),
    parameters: Object.fromEntries(parameters.map((one) => [keyOf(one), one])),
    ...facts,
  };
}

function namesIn(path: string): string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = ""]) => name);
}

function serverInWords(server: Json): string {
  const { url = "", ...more } = isObject(server) ? server : {};
  return [url, ...(equal(more, {}) ? [] : [JSON.stringify(more)])].join(" ");
}

/** One of the ways in which a caller may show who it is. */
function wayInWords(way: Json): string {
  const needed = Object.entries(Object(way)).map(([name, scopes]) =>
    [name === BEARER ? "bearer" : name, ...[scopes].flat()].join(" "),
  );
  return needed.join(" and ") || "none";
}
