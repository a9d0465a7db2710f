import { expect } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import type { Json, JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";
import { set, telnyxLike } from "./documents.ts";

/** What stands at a path instead; undefined takes it away. */
export type Edit = readonly [path: string, value: Json | undefined];

/** A document like Telnyx's, with edits. */
export function edited(...edits: Edit[]): JsonObject {
  const document = telnyxLike();
  for (const [path, value] of edits) set(document, path, value);
  return document;
}

/** The lines of the text report on two documents. */
export async function told(before: JsonObject, after: JsonObject): Promise<string[]> {
  const changes = changesBetween(await normalForm(before), await normalForm(after));
  const text = report("text", "x", changes);
  return text
    .split("\n")
    .slice(1, -1)
    .map((line) => line.trim());
}

/** What is told of edits to a document that has the earlier ones already; both must be their own normal form. */
export async function toldOf(edits: readonly Edit[], earlier: readonly Edit[] = []): Promise<string[]> {
  const [before, after] = [edited(...earlier), edited(...earlier, ...edits)];
  for (const document of [before, after]) {
    const normal = await normalForm(document);
    expect(await normalForm(normal)).toEqual(normal);
  }
  return told(before, after);
}
