import { describe, expect, it } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import { mutantsOf } from "../../scripts/spec/mutants.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";
import { telnyxLike } from "./documents.ts";

const upstream = await normalForm(telnyxLike());
const mutants = await mutantsOf(upstream);
const told = mutants.map((mutant) => report("text", "", changesBetween(upstream, mutant)));

describe("the mutants of spec:mutate", () => {
  it("are at least 600, all different and in normal form", async () => {
    const texts = mutants.map((mutant) => JSON.stringify(mutant));
    expect(new Set([...texts, JSON.stringify(upstream)]).size).toBe(mutants.length + 1);
    expect(mutants.length).toBeGreaterThanOrEqual(600);
    expect(await Promise.all(mutants.map(normalForm))).toEqual(mutants);
  });

  it("are each told by the report", async () => {
    expect(told.filter((text) => text.includes("nothing changed") || text.includes("elsewhere"))).toEqual([]);
  });

  it.each(
    "maximum minimum default type format required added removed server security path method".split(" "),
  )("change some %s", (fact) => {
    expect(told.filter((text) => text.includes(fact)).length).toBeGreaterThan(1);
  });
});
