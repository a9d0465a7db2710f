import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseHttpDate, retryAfterMs } from "../../src/errors/retry-after.ts";

const NOW = "Sun, 22 Nov 2026 10:00:00 GMT";
const IN_3_S = "Sun, 22 Nov 2026 10:00:03 GMT";

beforeEach(() => void vi.useFakeTimers({ now: Date.parse(NOW) }));
afterEach(() => void vi.useRealTimers());

test.each<[status: number, headers: Record<string, string>, delayMs: number | undefined]>([
  [503, {}, undefined],
  [503, { "retry-after": "3" }, 3000],
  [503, { "retry-after": "0" }, 0],
  [503, { "retry-after": "1.5" }, 2000],
  [503, { "retry-after": "999999999999999" }, 999_999_999_999_999_000],
  [503, { "retry-after": IN_3_S }, 3000],
  [503, { "retry-after": IN_3_S, date: "Sun, 22 Nov 2026 09:59:59 GMT" }, 4000],
  [503, { "retry-after": IN_3_S, date: "Sun, 99 Nov 2026 09:59:59 GMT" }, 3000],
  [503, { "retry-after": IN_3_S, date: "yesterday" }, 3000],
  [503, { "retry-after": NOW }, 0],
  [503, { "retry-after": "Sun, 22 Nov 2026 09:59:59 GMT" }, undefined],
  [429, { "x-ratelimit-reset": "7" }, 7000],
  [429, { "x-ratelimit-reset": "6.01" }, 7000],
  [429, { "x-ratelimit-reset": "86400" }, 86_400_000],
  [429, { "x-ratelimit-reset": "86401" }, undefined],
  [429, { "x-ratelimit-reset": "40, 40;w=60" }, undefined],
  [429, { "x-ratelimit-reset": "7", "retry-after": "3" }, 3000],
  [429, { "x-ratelimit-reset": "7", "retry-after": "soon" }, 7000],
  [429, { "x-ratelimit-reset": "7", "retry-after": "Sat, 31 Apr 2027 10:00:00 GMT" }, 7000],
  [503, { "x-ratelimit-reset": "7" }, undefined],
])("status %i with %j asks for a delay of %s ms", (status, headers, delayMs) => {
  expect(retryAfterMs(status, new Headers(headers))).toBe(delayMs);
});

test.each([
  ...["", "9".repeat(16), "soon", "-1", "+3", "1.", ".5", "1e3", "0x10", "3 s", "3, 3", "NaN", "Infinity"],
  // Dates in another form than the one of RFC 9110.
  ...["Sunday, 22-Nov-26 10:00:03 GMT", "Sun Nov 22 10:00:03 2026", "2026-11-22T10:00:03Z"],
  ...["sun, 22 nov 2026 10:00:03 gmt", "Sun, 22 Foo 2026 10:00:03 GMT", "22 Nov 2026 10:00:03 GMT"],
  ...["Sun, 22 Nov 2026 10:00:03", "Sun, 22 Nov 2026 10:00:03 +0000", "Sun, 22 Nov 2026 10:00:03 GMT+0000"],
  ...["Sun, 22 Nov 26 10:00:03 GMT", "Sun, 22 Nov 0026 10:00:03 GMT", `on ${IN_3_S}`, `${IN_3_S}, ${IN_3_S}`],
  // Times that no clock shows.
  ...["24:00:00", "25:00:00", "10:60:00", "10:00:60", "99:99:99"].map(
    (time) => `Sun, 22 Nov 2026 ${time} GMT`,
  ),
])("a Retry-After of %j is no delay", (value) => {
  expect(retryAfterMs(503, new Headers({ "retry-after": value }))).toBeUndefined();
});

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS_OF_2027 = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

test("a date is read if the calendar has it, under its own weekday alone", () => {
  for (const [index, month] of MONTHS.entries()) {
    const last = DAYS_OF_2027[index] ?? 0;
    for (const day of [0, 1, last, last + 1, 32, 99]) {
      for (const [number, weekday] of WEEKDAYS.entries()) {
        const time = Date.UTC(2027, index, day, 10);
        const exists = day >= 1 && day <= last && new Date(time).getUTCDay() === number;
        const text = `${weekday}, ${String(day).padStart(2, "0")} ${month} 2027 10:00:00 GMT`;
        expect(parseHttpDate(text), text).toBe(exists ? time : undefined);
      }
    }
  }
  expect(parseHttpDate("Tue, 29 Feb 2028 10:00:00 GMT")).toBe(Date.UTC(2028, 1, 29, 10));
});
