import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, test } from "vitest";
import { type Span, shorten, timeline, wrap } from "../../scripts/demo-picture.ts";

/** The time line without colours, whatever vitest's own output can show. */
const drawn = (spans: Span[], columns: number) => timeline(spans, columns).map(stripVTControlCharacters);

test("a shortened token keeps six characters at each end, and nothing of a short one", () => {
  expect(shorten(`abcdef${"-".repeat(40)}uvwxyz`)).toBe("abcdef…uvwxyz");
  expect(shorten("a-short-secret")).toBe("…");
});

describe("the time line", () => {
  const spans: Span[] = [
    { label: "token", fromSecs: 0, toSecs: 600, colour: "green" },
    { label: "refreshed", fromSecs: 480, toSecs: 1_080, colour: "cyan" },
    { label: "refresh token", fromSecs: 0, toSecs: 3_600, colour: "yellow" },
    { label: "error", fromSecs: 3_600, colour: "red" },
  ];

  it("draws each lifetime to scale below an axis in minutes", () => {
    expect(drawn(spans, 50)).toEqual([
      "   minutes        0    10   20   30   40   50   60",
      "                  ┼────┼────┼────┼────┼────┼────┼",
      "   token          █████",
      "   refreshed          █████",
      "   refresh token  ██████████████████████████████",
      "   error                                        ✗",
    ]);
  });

  it.each([80, 72, 50])("keeps within %d columns for a lifetime of up to 90 minutes", (columns) => {
    for (const endSecs of [10, 61, 600, 3_599, 3_661, 5_400]) {
      const lines = drawn([{ label: "token", fromSecs: 0, toSecs: endSecs, colour: "green" }], columns);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    }
  });

  it("draws the shortest lifetime as one cell", () => {
    const short: Span = { label: "token", fromSecs: 0, toSecs: 10, colour: "green" };
    const long: Span = { label: "refresh token", fromSecs: 0, toSecs: 3_600, colour: "yellow" };
    expect(drawn([short, long], 80)[2]).toBe("   token          █");
  });
});

test("a wrapped text breaks at spaces and never loses a word", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("a-very-long-word b", 5)).toEqual(["a-very-long-word", "b"]);
  expect(wrap("", 5)).toEqual([""]);
});
