import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../scripts/spec/files.ts";
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

const document = readFileSync(join(ROOT, "test/spec/telnyx-like.yaml"), "utf8");

/** A document like Telnyx's whole one; without aliases, so that a test that changes one place does not change another. */
export function telnyxLike(): JsonObject {
  return JSON.parse(JSON.stringify(parse(document)));
}
