import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AttemptEvent, RoomTokenError } from "../../src/index.ts";
import { clientOn, json, ROOM_ID, rejection } from "./support.ts";

const NOW = "Sun, 22 Nov 2026 10:00:00 GMT";
const OWN_BACKOFF_MS = 250;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(NOW) });
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The wait before the second attempt, the last error's `retryAfterMs`, and the number of attempts. */
async function waitFor(headers: Record<string, string>, status = 503) {
  const events: AttemptEvent[] = [];
  const onAttempt = (event: AttemptEvent) => events.push(event);
  const { client, seen } = clientOn(() => json(status, {}, headers), { maxRetries: 1, onAttempt });
  const failed = rejection(client.create(ROOM_ID));
  await vi.runAllTimersAsync();
  const { retryAfterMs } = (await failed) as RoomTokenError;
  return { retryInMs: events[0]?.retryInMs, retryAfterMs, attempts: seen.length };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS_OF_2027 = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const two = (number: number) => String(number).padStart(2, "0");

/** Days that no calendar has, under every weekday. */
const IMPOSSIBLE_DAYS = MONTHS.flatMap((month, index) =>
  [0, (DAYS_OF_2027[index] ?? 0) + 1, 32, 99].map((day) => `${two(day)} ${month} 2027`),
);

test("a day that does not exist is ignored, in every month", async () => {
  for (const [index, day] of IMPOSSIBLE_DAYS.entries()) {
    const asked = `${WEEKDAYS[index % 7]}, ${day} 10:00:00 GMT`;
    const { retryInMs, retryAfterMs, attempts } = await waitFor({ "retry-after": asked });
    expect([retryInMs, retryAfterMs, attempts], asked).toEqual([OWN_BACKOFF_MS, undefined, 2]);
  }
});

test.each(["24:00:00", "25:00:00", "10:60:00", "10:00:60", "10:00:61", "99:99:99"])(
  "a time of %s does not exist, and is ignored",
  async (time) => {
    expect(await waitFor({ "retry-after": `Sun, 22 Nov 2026 ${time} GMT` })).toEqual({
      retryInMs: OWN_BACKOFF_MS,
      retryAfterMs: undefined,
      attempts: 2,
    });
  },
);

test.each([
  "Sun, 22 Foo 2026 10:00:03 GMT",
  "sun, 22 nov 2026 10:00:03 gmt",
  "Sun, 22 Nov 2026 10:00:03 +0000",
  "Sun, 22 Nov 2026 10:00:03",
  "Sun, 22 Nov 26 10:00:03 GMT",
  "Sun, 22 Nov 0026 10:00:03 GMT",
  "22 Nov 2026 10:00:03 GMT",
  "2026-11-22T10:00:03Z",
  "Sun, 22 Nov 2026 10:00:03 GMT, Sun, 22 Nov 2026 10:00:03 GMT",
])("%s is in no form of HTTP, and is ignored", async (asked) => {
  expect(await waitFor({ "retry-after": asked })).toMatchObject({ retryInMs: OWN_BACKOFF_MS, attempts: 2 });
});

test("the last day of every month, and a leap day, are dates: the error comes at once and says how long", async () => {
  const lastDays = MONTHS.map((month, index) => `${DAYS_OF_2027[index]} ${month} 2027`);
  for (const day of [...lastDays, "29 Feb 2028"]) {
    const asked = `${WEEKDAYS[new Date(`${day} UTC`).getUTCDay()]}, ${day} 10:00:00 GMT`;
    expect(await waitFor({ "retry-after": asked }), asked).toEqual({
      retryInMs: undefined,
      retryAfterMs: Date.parse(`${day} 10:00:00 GMT`) - Date.parse(NOW),
      attempts: 1,
    });
  }
});

test("on a 429 a date that does not exist leaves the word to x-ratelimit-reset", async () => {
  const headers = { "retry-after": "Sat, 31 Apr 2027 10:00:00 GMT", "x-ratelimit-reset": "4" };
  expect(await waitFor(headers, 429)).toEqual({ retryInMs: 4000, retryAfterMs: 4000, attempts: 2 });
});
