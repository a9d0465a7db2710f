import { expect } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import type { JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";

/** The lines of the text report on two documents; the normal form of each must be its own. */
export function told(before: JsonObject, after: JsonObject): string[] {
  const [was, is] = [normalForm(before), normalForm(after)];
  for (const normal of [was, is]) expect(normalForm(normal)).toEqual(normal);
  const lines = report("text", "x", changesBetween(was, is)).split("\n").slice(1, -1);
  return lines.map((line) => line.trim());
}
