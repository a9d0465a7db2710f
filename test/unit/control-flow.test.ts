import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AttemptEvent, type Fetch, RoomTokenClient } from "../../src/index.ts";
import { API_KEY, granted, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const withDigest = (digest: unknown, message = "x") => Object.assign(new Error(message), { digest });

/** What Next.js and its like throw out of `fetch` to control the rendering of a page. */
const CONTROL_FLOW: [name: string, thrown: object][] = [
  ["an Error", withDigest("DYNAMIC_SERVER_USAGE")],
  ["a redirect", withDigest("NEXT_REDIRECT;replace;/in;307;", "NEXT_REDIRECT")],
  ["an empty digest", withDigest("")],
  ["a plain object", { digest: "BAILOUT_TO_CLIENT_SIDE_RENDERING" }],
  ["a class that inherits it", Object.create({ digest: "HANGING_PROMISE_REJECTION" })],
  ["a frozen one with a secret-like message", Object.freeze(withDigest("x", API_KEY))],
];

function clientThatMeets(fetch: Fetch) {
  const events: AttemptEvent[] = [];
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch, onAttempt: (event) => events.push(event) });
  return { client, events };
}

/** What a call rejects with, once its retries are over. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  const failed = rejection(call);
  await vi.runAllTimersAsync();
  return failed;
}

test.each(CONTROL_FLOW)(
  "a thrown value with a digest comes through as the same object, after one attempt: %s",
  async (_, thrown) => {
    const throwing = () => {
      throw thrown;
    };
    for (const fail of [throwing, async () => throwing()]) {
      const fetch = vi.fn(fail);
      const { client, events } = clientThatMeets(fetch);
      expect(await outcome(client.create(ROOM_ID))).toBe(thrown);
      expect(await outcome(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }))).toBe(thrown);
      expect(fetch).toHaveBeenCalledTimes(2);
      expect(events).toEqual([]);
      // A key function may read a vault by the fetch that Next.js has patched.
      const unused = vi.fn(granted);
      expect(await outcome(new RoomTokenClient({ apiKey: fail, fetch: unused }).create(ROOM_ID))).toBe(
        thrown,
      );
      expect(unused).not.toHaveBeenCalled();
    }
  },
);

test("control flow that is thrown while the body is read comes through as well", async () => {
  const thrown = withDigest("x");
  const response = { status: 201, headers: new Headers(), text: () => Promise.reject(thrown) };
  expect(await outcome(clientThatMeets(async () => response).client.create(ROOM_ID))).toBe(thrown);
});

test("control flow after a failed attempt ends the retries", async () => {
  const thrown = withDigest("x");
  const fetch = vi.fn<Fetch>().mockRejectedValueOnce(new TypeError("fetch failed")).mockRejectedValue(thrown);
  const { client, events } = clientThatMeets(fetch);
  expect(await outcome(client.create(ROOM_ID))).toBe(thrown);
  expect(events.map(({ code }) => code)).toEqual(["connection_failed"]);
});

const hostile = Object.defineProperty(new Error("x"), "digest", {
  get() {
    throw new Error("hostile");
  },
});

test.each([
  ...[5, undefined, null, {}, ["x"]].map((digest) => [digest, withDigest(digest)]),
  ["a getter that throws", hostile],
])(
  "a digest of %j is none: the failure is an ordinary one, and without a key it is missing",
  async (_, thrown) => {
    const fail = vi.fn(() => Promise.reject(thrown));
    expect(await outcome(clientThatMeets(fail).client.create(ROOM_ID))).toMatchObject({
      code: "connection_failed",
    });
    expect(fail).toHaveBeenCalledTimes(3);
    const withoutKey = new RoomTokenClient({ apiKey: fail, fetch: granted });
    expect(await outcome(withoutKey.create(ROOM_ID))).toMatchObject({ code: "missing_api_key" });
  },
);

/** A fetch that throws the control flow of a framework when its signal is aborted. */
const controlFlowWhenAborted: Fetch = (_, { signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(withDigest("x")));
  });

test("a digest that is thrown because the deadline is over is a timeout, and is retried", async () => {
  const fetch = vi.fn(controlFlowWhenAborted);
  const { client } = clientThatMeets(fetch);
  expect(await outcome(client.create(ROOM_ID))).toMatchObject({ code: "timeout" });
  expect(fetch).toHaveBeenCalledTimes(3);
});

test("a caller's abort wins over control flow, be it thrown by itself or because of the abort", async () => {
  for (const fetch of [() => Promise.reject(withDigest("x")), controlFlowWhenAborted]) {
    const caller = new AbortController();
    const { client } = clientThatMeets((...request) => {
      caller.abort(0);
      return fetch(...request);
    });
    expect(await outcome(client.create(ROOM_ID, {}, { signal: caller.signal }))).toBe(0);
  }
});
