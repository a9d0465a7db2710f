import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** Where the contract lives; every file here except the overlay is made by a script. */
export const FILES = {
  upstream: "openapi/upstream.json",
  overlay: "openapi/overlay.yaml",
  fragment: "openapi/rooms-client-tokens.yaml",
  types: "generated/rooms-client-tokens.ts",
  limits: "generated/limits.ts",
} as const;

/** The package's root, whatever directory a script is started in. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

/** Reads a JSON or YAML file of ours. */
export async function readObject(path: string): Promise<JsonObject> {
  const value: Json = parse(await readFile(path, "utf8"));
  if (!isObject(value)) throw new TypeError(`${path} is no object`);
  return value;
}
