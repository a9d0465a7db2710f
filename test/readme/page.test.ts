import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WORDS } from "../../examples/room-page/words.js";
import { page, ROOT, withUse } from "./snippets.ts";

const [, section = ""] = page("docs/page.md").split("\n## What to tell the user\n");
const [table = ""] = section.split("\n## ");
const namesIn = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
/** The rows of the table: what it is about, the sentence, and what else to do. */
const rows = [...table.matchAll(/^\| (`\w+`[^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map(
  ([, about = "", sentence = "", action = ""]) => {
    return { names: namesIn(about), sentence: sentence.trim(), action: action.trim() };
  },
);

const source = readFileSync(join(ROOT, "src/session/stay-in-room.ts"), "utf8");
const stringsOf = (declaration: RegExp): string[] =>
  [...(declaration.exec(source)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(([, name = ""]) => name);
const statuses = stringsOf(/type StayInRoomStatus = (.*);/);

test("the page's table gives each error code the sentence of the example page, and something to do", () => {
  const ofTokens = rows.filter(({ names: [first = ""] }) => !statuses.includes(first));
  const said = ofTokens.flatMap(({ names, sentence }) => names.map((code) => [code, sentence]));
  const words = Object.entries(WORDS).map(([code, { says }]) => [code, says]);
  expect(said.sort()).toEqual(words.sort());
  expect(ofTokens.filter(({ action }) => action === "")).toEqual([]);
});

test("the page's table has a sentence for every status, and every reason that stayInRoom tells apart", () => {
  expect(statuses).toHaveLength(3);
  const reasons = [...stringsOf(/FINAL_REASONS.* = \[(.*)\]/), ...stringsOf(/NETWORK_REASONS.* = \[(.*)\]/)];
  expect(reasons).toHaveLength(5);
  const ofRooms = rows.filter(({ names: [first = ""] }) => statuses.includes(first));
  const named = new Set(ofRooms.flatMap(({ names }) => names));
  expect([...named].sort()).toEqual([...statuses, ...reasons, "unknown"].sort());
  expect(ofRooms.filter(({ sentence }) => sentence === "")).toEqual([]);
});

test("the page of the README has at most 12 lines of code", () => {
  const [snippet] = withUse("page").filter(([, { path }]) => path === "README.md");
  const lines = snippet?.[1].code.split("\n").filter((line) => line.trim() !== "");
  expect(lines?.length).toBeLessThanOrEqual(12);
  expect(lines?.length).toBeGreaterThan(5);
});
