import { isObject, type Json, type JsonObject, listAt, lookUp, objectAt, ownAt } from "./json.ts";
import { Unusable } from "./unusable.ts";

/** The two operations that this package calls, as Telnyx has named and placed them since 2021. */
const ROOM = "/rooms/{room_id}/actions";
const KNOWN = [
  { name: "create", operationId: "CreateRoomClientToken", knownPath: `${ROOM}/generate_join_client_token` },
  { name: "refresh", operationId: "RefreshRoomClientToken", knownPath: `${ROOM}/refresh_client_token` },
] as const;
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/** No real server has more URLs; a few variables make billions. */
const MAX_SERVERS = 100;

export type OperationName = (typeof KNOWN)[number]["name"];

/** One operation where it stands in a document, with the path item around it: parameters and servers may stand there too. */
export type Found = ReturnType<typeof findOperations>[number];

/**
 * Finds create and refresh by their operationId or, where an id was renamed, by method and path.
 *
 * @throws Unusable when one is missing, there twice, or no object.
 */
export function findOperations(document: JsonObject) {
  const everywhere = Object.entries(objectAt(document, "paths")).flatMap(([path, node]) => {
    const item = path.startsWith("/") ? wholeItem(document, node) : {};
    const methods = METHODS.filter((method) => method in item);
    return methods.map((method) => ({ path, method, item, operation: ownAt(item, method) }));
  });
  return KNOWN.map(({ name, operationId, knownPath }) => {
    const byId = everywhere.filter(({ operation }) => ownAt(operation, "operationId") === operationId);
    const isInPlace = new RegExp(endOf(knownPath));
    const byPlace = everywhere.filter(({ path, method }) => method === "post" && isInPlace.test(path));
    const [found, ...others] = byId.length > 0 ? byId : byPlace;
    const wanted = `operation ${operationId} (POST ${knownPath})`;
    if (found === undefined) throw new Unusable(`the document has no ${wanted}`);
    if (others.length > 0) {
      const places = [found, ...others].map(({ method, path }) => `${method.toUpperCase()} ${path}`);
      throw new Unusable(`${wanted} is there more than once: ${places.join(", ")}`);
    }
    const { operation } = found;
    if (!isObject(operation)) throw new Unusable(`${name} must be an object`);
    return { name, knownPath, ...found, operation };
  });
}

/** What stands beside a path's reference is added to it. */
function wholeItem(document: JsonObject, node: Json | undefined, depth = 0): JsonObject {
  const { $ref, ...own }: JsonObject = isObject(node) ? node : {};
  if (typeof $ref !== "string" || depth > 9) return own;
  return { ...wholeItem(document, lookUp(document, $ref), depth + 1), ...own };
}

/** As a pattern, whatever the parameter is called, which the wire never sees. */
function endOf(knownPath: string): string {
  return `${knownPath.replace("{room_id}", "\\{([^}]*)\\}")}$`;
}

/**
 * Where an operation is on the wire: whole URLs count, not how a document cuts them into servers and paths. Where all
 * of them end in the path that we know, that is the path; `roomId` is what the document calls its parameter.
 */
export function placeOf({ path, knownPath }: Found, servers: readonly Json[]) {
  const urls = servers.length > 0 ? servers.flatMap(urlsOf) : [""];
  // A parameter that stands before the part that we know has no place in a server.
  const cuts = urls.map((url) => new RegExp(`^([^{]*)${endOf(knownPath)}`).exec(url + path));
  const isKnown = cuts.every((cut) => cut !== null);
  const bases = new Set(isKnown ? cuts.map(([, base = ""]) => base) : urls);
  return {
    path: isKnown ? knownPath : path,
    servers: [...bases].filter((url) => url !== "").map((url) => ({ url })),
    roomId: isKnown ? cuts[0]?.[2] : undefined,
  };
}

/** The URLs of a server, one for each value of its variables, the usual ones first. */
function urlsOf(server: Json): string[] {
  let urls = [String(ownAt(server, "url") ?? "")];
  for (const [name, variable] of Object.entries(objectAt(server, "variables"))) {
    const values = [ownAt(variable, "default") ?? `{${name}}`, ...listAt(variable, "enum")].map(String);
    urls = urls.flatMap((url) => values.map((value) => url.replaceAll(`{${name}}`, value)));
    if (urls.length > MAX_SERVERS) throw new Unusable(`a server stands for more than ${MAX_SERVERS} URLs`);
  }
  const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : url);
  return urls.map((url) => url.replace(/\/+$/, "").replace(/^https?:\/\/[^/?#]+/i, originOf));
}
