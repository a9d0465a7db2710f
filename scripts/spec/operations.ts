import { isObject, type Json, type JsonObject, listAt, lookUp, objectAt, ownAt } from "./json.ts";
import { Unusable } from "./unusable.ts";

/** The two operations that this package calls, as Telnyx has named and placed them since 2021. */
const ROOM = "/rooms/{room_id}/actions";
const KNOWN = [
  { name: "create", operationId: "CreateRoomClientToken", knownPath: `${ROOM}/generate_join_client_token` },
  { name: "refresh", operationId: "RefreshRoomClientToken", knownPath: `${ROOM}/refresh_client_token` },
] as const;
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/** More than this is no list that a caller chooses from. */
const MAX_SERVERS = 100;

export type OperationName = (typeof KNOWN)[number]["name"];

/** One operation where it stands in a document. */
export interface Found {
  readonly name: OperationName;
  /** Where Telnyx has it as far as we know. */
  readonly knownPath: string;
  readonly path: string;
  readonly method: string;
  /** The path item around the operation: parameters and servers may stand there too. */
  readonly item: JsonObject;
  readonly operation: JsonObject;
}

/**
 * Finds create and refresh by their operationId or, where an id was renamed, by method and path.
 *
 * @throws Unusable when one is missing or there twice.
 */
export function findOperations(document: JsonObject): Found[] {
  const everywhere = Object.entries(objectAt(document, "paths")).flatMap(([path, node]) => {
    const item = path.startsWith("/") ? wholeItem(document, node) : {};
    return METHODS.map((method) => ({ path, method, item, operation: objectAt(item, method) }));
  });
  return KNOWN.map(({ name, operationId, knownPath }) => {
    const byId = everywhere.filter(({ operation }) => operation["operationId"] === operationId);
    const byPlace = everywhere.filter(
      ({ path, method, item }) =>
        method === "post" && method in item && shapeOf(path).endsWith(shapeOf(knownPath)),
    );
    const [found, ...others] = byId.length > 0 ? byId : byPlace;
    const wanted = `operation ${operationId} (POST ${knownPath})`;
    if (found === undefined) throw new Unusable(`the document has no ${wanted}`);
    if (others.length === 0) return { name, knownPath, ...found };
    const places = [found, ...others].map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    throw new Unusable(`${wanted} is there more than once: ${places.join(", ")}`);
  });
}

/** What stands beside a path's reference is added to it. */
function wholeItem(document: JsonObject, node: Json | undefined, depth = 0): JsonObject {
  const { $ref, ...own }: JsonObject = isObject(node) ? node : {};
  if (typeof $ref !== "string" || depth > 9) return own;
  return { ...wholeItem(document, lookUp(document, $ref), depth + 1), ...own };
}

/** The path without the names of its parameters, which the wire never sees. */
function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}

/** Where an operation is on the wire: whole URLs count, not how a document cuts them into servers and paths. */
export function placeOf({ path, knownPath }: Found, servers: readonly Json[]) {
  const bases = servers.length > 0 ? servers.flatMap(urlsOf) : [""];
  const ours = knownPath.split("/").slice(1);
  const cut = bases.map((url) => (url + path).split("/").slice(0, -ours.length).join("/"));
  // A parameter that stands before the part that we know has no place in a server.
  const isKnown = bases.every((url, index) => shapeOf(url + path) === cut[index] + shapeOf(knownPath));
  const theirs = path.split("/").slice(-ours.length);
  return {
    path: isKnown ? knownPath : path,
    servers: [...new Set(isKnown ? cut : bases)].filter((url) => url !== "").map((url) => ({ url })),
    /** What the parts of the path are called here, by what the document calls them. */
    names: new Map(isKnown ? ours.map((name, index) => [theirs[index] ?? "", name]) : []),
  };
}

/** The URLs of a server, one for each value of its variables, the usual ones first. */
function urlsOf(server: Json): string[] {
  let urls = [String(ownAt(server, "url") ?? "")];
  for (const [name, variable] of Object.entries(objectAt(server, "variables"))) {
    const values = [ownAt(variable, "default") ?? `{${name}}`, ...listAt(variable, "enum")].map(String);
    const filled = urls.flatMap((url) => values.map((value) => url.replaceAll(`{${name}}`, value)));
    urls = [...new Set(filled)];
    if (urls.length > MAX_SERVERS) throw new Unusable(`a server stands for more than ${MAX_SERVERS} URLs`);
  }
  const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : url);
  return urls.map((url) => url.replace(/\/+$/, "").replace(/^https?:\/\/[^/?#]+/i, originOf));
}
