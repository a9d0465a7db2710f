import { isObject, type Json, type JsonObject, objectAt } from "./json.ts";
import { resolve, type Source, Unusable } from "./refs.ts";

/** The two operations that this package calls, as Telnyx has named and placed them since 2021. */
const KNOWN = [
  {
    name: "create",
    operationId: "CreateRoomClientToken",
    method: "post",
    path: "/rooms/{room_id}/actions/generate_join_client_token",
  },
  {
    name: "refresh",
    operationId: "RefreshRoomClientToken",
    method: "post",
    path: "/rooms/{room_id}/actions/refresh_client_token",
  },
] as const;

export type OperationName = (typeof KNOWN)[number]["name"];

/** One operation where it stands in a document. */
export interface Found {
  readonly name: OperationName;
  readonly path: string;
  readonly method: string;
  /** The path item around the operation: parameters and servers may stand there too. */
  readonly item: JsonObject;
  readonly operation: JsonObject;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/**
 * Finds create and refresh by their operationId or, where an id was renamed, by method and path.
 *
 * @throws Unusable when one is missing or there twice.
 */
export function findOperations(source: Source): Found[] {
  const everywhere = [...allOperations(source)];
  return KNOWN.map((known) => {
    const byId = everywhere.filter(({ operation }) => operation["operationId"] === known.operationId);
    const byPlace = everywhere.filter(
      ({ path, method }) => method === known.method && shape(path) === shape(known.path),
    );
    const matches = byId.length > 0 ? byId : byPlace;
    const [found] = matches;
    const wanted = `${known.operationId} (${known.method.toUpperCase()} ${known.path})`;
    if (found === undefined) throw new Unusable(`the document has no operation ${wanted}`);
    if (matches.length > 1) {
      const places = matches.map(({ method, path }) => `${method.toUpperCase()} ${path}`).join(", ");
      throw new Unusable(`operation ${wanted} is there more than once: ${places}`);
    }
    return { name: known.name, ...found };
  });
}

function* allOperations(source: Source): Generator<Omit<Found, "name">> {
  for (const [path, reference] of Object.entries(objectAt(source.document, "paths"))) {
    const item: Json = isObject(reference) ? pathItem(source, reference) : null;
    if (!isObject(item)) continue;
    for (const method of METHODS) {
      const operation = item[method];
      if (isObject(operation)) yield { path, method, item, operation };
    }
  }
}

/** A dangling path item that has nothing to do with rooms must not stop the pull. */
function pathItem(source: Source, reference: JsonObject): Json {
  if (typeof reference["$ref"] !== "string") return reference;
  try {
    return resolve(source, reference).value;
  } catch {
    return reference;
  }
}

/** The path without the names of its parameters, which the wire never sees. */
function shape(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}
