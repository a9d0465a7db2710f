import { expect, test, vi } from "vitest";
import { InvalidGrant, readTime } from "../../src/lib/grant.ts";

const TIME = "2026-11-22T10:10:00.000Z";

test("a time may be a Date, whatever toJSON does", () => {
  const toJSON = vi.spyOn(Date.prototype, "toJSON").mockReturnValue("local time");
  const read = readTime("tokenExpiresAt", new Date(TIME));
  toJSON.mockRestore();
  expect(read.toISOString()).toBe(TIME);
});

test.each([
  new Date(Number.NaN),
  {},
  { toISOString: 5 },
  { toISOString: (): string => "soon" },
  1790000000,
  null,
])("%j is no time", (value) => {
  expect(() => readTime("tokenExpiresAt", value)).toThrow(
    new InvalidGrant("a tokenExpiresAt that is not an RFC 3339 time"),
  );
});

test("a time that is missing is named as missing", () => {
  expect(() => readTime("tokenExpiresAt", undefined)).toThrow(new InvalidGrant("no tokenExpiresAt"));
});
