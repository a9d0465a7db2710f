import { expect, test, vi } from "vitest";
import { InvalidGrant, readTime } from "../../src/lib/grant.ts";

const TIME = "2026-11-22T10:10:00.000Z";

test("a time may be a Date, whatever toJSON does", () => {
  const toJSON = vi.spyOn(Date.prototype, "toJSON").mockReturnValue("local time");
  const read = readTime("tokenExpiresAt", new Date(TIME));
  toJSON.mockRestore();
  expect(read.toISOString()).toBe(TIME);
});

const NO_TIME = "a tokenExpiresAt that is not an RFC 3339 time";

test.each([
  [new Date(Number.NaN), NO_TIME],
  [{}, NO_TIME],
  [{ toISOString: 5 }, NO_TIME],
  [{ toISOString: (): string => "soon" }, NO_TIME],
  [1790000000, NO_TIME],
  [null, NO_TIME],
  [undefined, "no tokenExpiresAt"],
])("%j is no time", (value, message) => {
  expect(() => readTime("tokenExpiresAt", value)).toThrow(new InvalidGrant(message));
});
