import { unescapePointer } from "@redocly/openapi-core";
import { isObject, type Json, type JsonObject, objectAt } from "./json.ts";
import { Unusable } from "./unusable.ts";

/** The two operations that this package calls, as Telnyx has named and placed them since 2021. */
const ROOM = "/rooms/{room_id}/actions";
const KNOWN = [
  { name: "create", operationId: "CreateRoomClientToken", path: `${ROOM}/generate_join_client_token` },
  { name: "refresh", operationId: "RefreshRoomClientToken", path: `${ROOM}/refresh_client_token` },
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

/**
 * Finds create and refresh by their operationId or, where an id was renamed, by method and path.
 *
 * @throws Unusable when one is missing or there twice.
 */
export function findOperations(document: JsonObject): Found[] {
  const everywhere = [...allOperations(document)];
  return KNOWN.map((known) => {
    const byId = everywhere.filter(({ operation }) => operation["operationId"] === known.operationId);
    const byPlace = everywhere.filter(
      ({ path, method }) => method === "post" && shapeOf(path) === shapeOf(known.path),
    );
    const matches = byId.length > 0 ? byId : byPlace;
    const [found] = matches;
    const wanted = `${known.operationId} (POST ${known.path})`;
    if (found === undefined) throw new Unusable(`the document has no operation ${wanted}`);
    if (matches.length > 1) {
      const places = matches.map(({ method, path }) => `${method.toUpperCase()} ${path}`).join(", ");
      throw new Unusable(`operation ${wanted} is there more than once: ${places}`);
    }
    return { name: known.name, ...found };
  });
}

function* allOperations(document: JsonObject): Generator<Omit<Found, "name">> {
  for (const [path, node] of Object.entries(objectAt(document, "paths"))) {
    // What stands beside a path's reference is added to it.
    const item = { ...Object(lookUp(document, Object(node)["$ref"])), ...Object(node) };
    for (const [method, operation] of Object.entries(item)) {
      if (isObject(operation) && !method.startsWith("x-")) yield { path, method, item, operation };
    }
  }
}

function lookUp(document: JsonObject, ref: Json | undefined): Json {
  const keys = /^#\/(.*)$/s.exec(String(ref))?.[1]?.split("/") ?? [""];
  return keys.map(unescapePointer).reduce(objectAt, document);
}

/** The path without the names of its parameters, which the wire never sees. */
export function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}
