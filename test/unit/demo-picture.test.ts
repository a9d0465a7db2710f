import { describe, expect, it } from "vitest";
import { paint, type Span, shorten, timeline, wantsColours, wrap } from "../../scripts/demo-picture.ts";

const plain = paint(false);

describe("colours", () => {
  const terminal = { isTTY: true };
  it.each([
    ["a terminal", terminal, {}, true],
    ["a pipe", {}, {}, false],
    ["a terminal that can do nothing", terminal, { TERM: "dumb" }, false],
    ["NO_COLOR on a terminal", terminal, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR, which counts as absent", terminal, { NO_COLOR: "" }, true],
    ["FORCE_COLOR on a pipe", {}, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0 on a terminal", terminal, { FORCE_COLOR: "0" }, false],
    ["FORCE_COLOR against NO_COLOR", {}, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  ])("%s", (_, stream, env, expected) => {
    expect(wantsColours(stream, env)).toBe(expected);
  });

  it("are escape codes around the text, or nothing at all", () => {
    expect(paint(true).red("x")).toBe("\u001b[31mx\u001b[0m");
    expect(plain.red("x")).toBe("x");
  });
});

describe("a shortened token", () => {
  it("keeps six characters at each end, and nothing of a short one", () => {
    expect(shorten(`abcdef${"-".repeat(40)}uvwxyz`)).toBe("abcdef…uvwxyz");
    expect(shorten("a-short-secret")).toBe("…");
  });
});

describe("the time line", () => {
  const spans: Span[] = [
    { label: "token", fromSecs: 0, toSecs: 600, colour: "green" },
    { label: "refreshed", fromSecs: 480, toSecs: 1_080, colour: "cyan" },
    { label: "refresh token", fromSecs: 0, toSecs: 3_600, colour: "yellow" },
    { label: "refused", fromSecs: 3_600, colour: "red" },
  ];

  it("draws each lifetime to scale below an axis in minutes", () => {
    expect(timeline(spans, 50, plain)).toEqual([
      "   minutes        0    10   20   30   40   50   60",
      "                  ┼────┼────┼────┼────┼────┼────┼",
      "   token          █████",
      "   refreshed          █████",
      "   refresh token  ██████████████████████████████",
      "   refused                                      ✗",
    ]);
  });

  it.each([80, 72, 50])("keeps within %d columns for a lifetime of up to 90 minutes", (columns) => {
    for (const endSecs of [10, 61, 600, 3_599, 3_661, 5_400]) {
      const lines = timeline(
        [{ label: "token", fromSecs: 0, toSecs: endSecs, colour: "green" }],
        columns,
        plain,
      );
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
  });

  it("draws the shortest lifetime as one cell", () => {
    const short: Span = { label: "token", fromSecs: 0, toSecs: 10, colour: "green" };
    const long: Span = { label: "refresh token", fromSecs: 0, toSecs: 3_600, colour: "yellow" };
    expect(timeline([short, long], 80, plain)[2]).toBe("   token          █");
  });

  it("colours only what it draws, not the space before it", () => {
    const line = timeline(spans, 50, paint(true)).at(-1);
    expect(line).toMatch(/^ {3}refused {38}\S+$/);
    expect(line).toContain(paint(true).red("✗"));
  });
});

describe("a wrapped text", () => {
  it("breaks at spaces and never loses a word", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("a-very-long-word b", 5)).toEqual(["a-very-long-word", "b"]);
    expect(wrap("", 5)).toEqual([""]);
  });
});
