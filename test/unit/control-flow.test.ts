import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AttemptEvent, type Fetch, RoomTokenClient } from "../../src/index.ts";
import { API_KEY, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What Next.js and its like throw out of `fetch` to control the rendering of a page. */
const CONTROL_FLOW: [name: string, thrown: object][] = [
  ["an Error", Object.assign(new Error("x"), { digest: "DYNAMIC_SERVER_USAGE" })],
  ["a redirect", Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;replace;/in;307;" })],
  ["an empty digest", Object.assign(new Error("x"), { digest: "" })],
  ["a plain object", { digest: "BAILOUT_TO_CLIENT_SIDE_RENDERING" }],
  ["a class that inherits it", Object.create({ digest: "HANGING_PROMISE_REJECTION" })],
  [
    "a frozen one with a secret-like message",
    Object.freeze(Object.assign(new Error(API_KEY), { digest: "x" })),
  ],
];

function clientThatMeets(fetch: Fetch) {
  const events: AttemptEvent[] = [];
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch, onAttempt: (event) => events.push(event) });
  return { client, events };
}

test.each(CONTROL_FLOW)(
  "a thrown value with a digest comes through as the same object, after one attempt: %s",
  async (_, thrown) => {
    for (const fail of [
      () => Promise.reject(thrown),
      () => {
        throw thrown;
      },
    ]) {
      const fetch = vi.fn(fail);
      const { client, events } = clientThatMeets(fetch);
      expect(await rejection(client.create(ROOM_ID))).toBe(thrown);
      expect(await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }))).toBe(thrown);
      expect(fetch).toHaveBeenCalledTimes(2);
      expect(events).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    }
  },
);

test("control flow that is thrown while the body is read comes through as well", async () => {
  const [, thrown] = CONTROL_FLOW[0] ?? [];
  const response = { status: 201, headers: new Headers(), text: () => Promise.reject(thrown) };
  const { client } = clientThatMeets(async () => response);
  expect(await rejection(client.create(ROOM_ID))).toBe(thrown);
});

test("control flow after a failed attempt ends the retries", async () => {
  const [, thrown] = CONTROL_FLOW[0] ?? [];
  const fetch = vi.fn<Fetch>().mockRejectedValueOnce(new TypeError("fetch failed")).mockRejectedValue(thrown);
  const { client, events } = clientThatMeets(fetch);
  const failed = rejection(client.create(ROOM_ID));
  await vi.runAllTimersAsync();
  expect(await failed).toBe(thrown);
  expect(events.map(({ code }) => code)).toEqual(["connection_failed"]);
});

test.each([5, undefined, null, {}, ["x"]])(
  "a digest of %j is none: the failure is an ordinary one",
  async (digest) => {
    const fetch = vi.fn(() => Promise.reject(Object.assign(new Error("x"), { digest })));
    const { client } = clientThatMeets(fetch);
    const failed = rejection(client.create(ROOM_ID));
    await vi.runAllTimersAsync();
    expect(await failed).toMatchObject({ code: "connection_failed" });
    expect(fetch).toHaveBeenCalledTimes(3);
  },
);

test("a digest whose getter throws is none", async () => {
  const hostile = Object.defineProperty(new Error("x"), "digest", {
    get() {
      throw new Error("hostile");
    },
  });
  const { client } = clientThatMeets(() => Promise.reject(hostile));
  const failed = rejection(client.create(ROOM_ID, {}, { maxRetries: 0 }));
  expect(await failed).toMatchObject({ code: "connection_failed" });
});

test("a caller's abort wins over control flow", async () => {
  const caller = new AbortController();
  const { client } = clientThatMeets(async () => {
    caller.abort("mine");
    throw Object.assign(new Error("x"), { digest: "x" });
  });
  expect(await rejection(client.create(ROOM_ID, {}, { signal: caller.signal }))).toBe("mine");
});
