import type { Json, JsonObject } from "../../scripts/spec/json.ts";

/** Changes what stands at a path (its keys, with spaces between), or deletes it. */
export function set(root: JsonObject, path: string, value: Json | undefined): void {
  const keys = path.split(" ");
  const last = keys.pop() ?? "";
  let node: Json | undefined = root;
  for (const key of keys) node = child(node, key, path);
  if (typeof node !== "object" || node === null) throw new Error(`nothing to change at ${path}`);
  if (value === undefined) Reflect.deleteProperty(node, last);
  else Reflect.set(node, last, value);
}

export function get(root: Json, path: string): Json {
  return path.split(" ").reduce((node, key) => child(node, key, path), root);
}

function child(node: Json, key: string, path: string): Json {
  const found: unknown = typeof node === "object" && node !== null ? Reflect.get(node, key) : undefined;
  if (found === undefined) throw new Error(`no ${key} on the way to ${path}`);
  return found as Json;
}

/** What stands at a path instead; undefined takes it away. */
export type Edit = readonly [path: string, value: Json | undefined];

/** A document like Telnyx's, with edits. */
export function edited(...edits: readonly Edit[]): JsonObject {
  const document = telnyxLike();
  for (const [path, value] of edits) set(document, path, value);
  return document;
}

/** Moves what stands at `from` to `to` and leaves a reference behind. */
export function refer(document: JsonObject, from: string, to: string): void {
  const value = get(document, from);
  const keys = to.split(" ");
  let group: JsonObject = document;
  for (const key of keys.slice(0, -1)) {
    group[key] ??= {};
    group = group[key] as JsonObject;
  }
  set(document, to, value);
  set(document, from, { $ref: `#/${keys.map((key) => key.replaceAll("/", "~1")).join("/")}` });
}

export const CREATE = "/rooms/{room_id}/actions/generate_join_client_token";
export const REFRESH = "/rooms/{room_id}/actions/refresh_client_token";
export const createAnswer = `paths ${CREATE} post responses 201`;
export const schemas = "components schemas";
export const ttl = `${schemas} CreateRequest properties token_ttl_secs`;

const seconds = (description: string, minimum: number, maximum: number, usual: number): Json => ({
  type: "integer",
  description,
  minimum,
  maximum,
  default: usual,
  example: usual,
});
const text = (example: string): Json => ({ type: "string", example });
const moment = (): Json => ({ type: "string", format: "date-time", description: "A moment." });
const json = (schema: Json): Json => ({ "application/json": { schema } });

/**
 * A document of our own making that states what Telnyx's states about the two operations, in the fashion of its
 * whole documents: prose, examples, extensions, references, and other operations around.
 */
export function telnyxLike(): JsonObject {
  const roomId = {
    name: "room_id",
    in: "path",
    required: true,
    description: "Which room.",
    schema: { type: "string", format: "uuid", example: "6f1e2a44-93b5-4c1d-8a07-5b2f0e9d7c31" },
  };
  const ttl = seconds("How long the token lives.", 10, 3600, 600);
  const tokenData = { token: text("a.b.c"), token_expires_at: moment() };
  const answer = (properties: Json): Json => ({
    description: "Made.",
    content: json({ type: "object", properties: { data: { type: "object", properties } } }),
  });
  const document: JsonObject = {
    openapi: "3.1.0",
    info: { title: "A whole API", version: "2.0.0", "x-latency-category": "responsive" },
    servers: [{ url: "https://api.telnyx.com/v2", description: "The one." }],
    security: [{ bearerAuth: [] }],
    tags: [{ name: "Rooms Client Tokens" }],
    paths: {
      "/rooms": {
        get: {
          operationId: "ListRooms",
          tags: ["Rooms Client Tokens"],
          responses: { "200": { $ref: "#/components/responses/Gone" } },
        },
      },
      [CREATE]: {
        post: {
          operationId: "CreateRoomClientToken",
          summary: "Make a token.",
          description: "Makes a token.",
          tags: ["Rooms Client Tokens"],
          "x-endpoint-cost": "medium",
          parameters: [roomId],
          requestBody: {
            description: "What is wanted.",
            required: true,
            content: json({ $ref: "#/components/schemas/CreateRequest" }),
          },
          responses: {
            "201": answer({ ...tokenData, refresh_token: text("d.e.f"), refresh_token_expires_at: moment() }),
            "403": { $ref: "#/components/responses/Forbidden" },
          },
        },
      },
      [REFRESH]: {
        post: {
          operationId: "RefreshRoomClientToken",
          summary: "Renew a token.",
          tags: ["Rooms Client Tokens"],
          security: [],
          parameters: [roomId],
          requestBody: { required: true, content: json({ $ref: "#/components/schemas/RefreshRequest" }) },
          responses: { "201": answer(tokenData), "403": { $ref: "#/components/responses/Forbidden" } },
        },
      },
    },
    components: {
      responses: {
        Forbidden: { description: "Forbidden", content: json({ $ref: "#/components/schemas/video_Error" }) },
      },
      schemas: {
        CreateRequest: {
          type: "object",
          title: "What create takes",
          properties: { token_ttl_secs: ttl, refresh_token_ttl_secs: seconds("How long.", 60, 86400, 3600) },
        },
        RefreshRequest: {
          type: "object",
          properties: { refresh_token: text("d.e.f"), token_ttl_secs: ttl },
          required: ["refresh_token"],
        },
        video_Error: {
          type: "object",
          required: ["code", "title"],
          properties: {
            code: { type: "string" },
            title: { type: "string" },
            detail: { type: "string" },
            source: {
              type: "object",
              properties: { pointer: { type: "string" }, parameter: { type: "string" } },
            },
            meta: { type: "object", additionalProperties: true },
          },
        },
      },
      securitySchemes: { bearerAuth: { type: "http", scheme: "bearer" } },
    },
  };
  // Parsed, so that a test that changes one place does not change another.
  return JSON.parse(JSON.stringify(document));
}
