import { afterEach, expect, test, vi } from "vitest";
import { type Fetch, RoomTokenClient } from "../../src/index.ts";
import { API_KEY, granted, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

afterEach(() => void vi.unstubAllGlobals());

const NO_FETCH = {
  code: "invalid_argument",
  retryable: false,
  message: "fetch must be passed: this platform has no globalThis.fetch",
};

test.each([undefined, null, 0, "", "fetch", {}, [], Promise.resolve()])(
  "where globalThis.fetch is %j, both calls are refused before a key is asked for, in a page too",
  async (none) => {
    vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (linux) jsdom/27.0.0" });
    vi.stubGlobal("fetch", none);
    const apiKey = vi.fn(() => API_KEY);
    const onAttempt = vi.fn();
    const client = new RoomTokenClient({ apiKey, onAttempt, dangerouslyAllowBrowser: true });
    const params = { refreshToken: REFRESH_TOKEN };
    const refusals = [rejection(client.create(ROOM_ID)), rejection(client.refresh(ROOM_ID, params))];
    expect(await Promise.all(refusals)).toEqual([
      expect.objectContaining({ ...NO_FETCH, operation: "create" }),
      expect.objectContaining({ ...NO_FETCH, operation: "refresh" }),
    ]);
    expect(apiKey).not.toHaveBeenCalled();
    expect(onAttempt).not.toHaveBeenCalled();
  },
);

test("a fetch that is taken away during a call is still that call's, and no longer the next one's", async () => {
  const attempts = vi.fn(async () => {
    vi.stubGlobal("fetch", undefined);
    return attempts.mock.calls.length === 1 ? json(503, {}, { "retry-after": "0" }) : granted();
  });
  vi.stubGlobal("fetch", attempts);
  const client = new RoomTokenClient({ apiKey: API_KEY });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  expect(attempts).toHaveBeenCalledTimes(2);
  expect(await rejection(client.create(ROOM_ID))).toMatchObject(NO_FETCH);
});

test("a fetch that is given is the one that is called, where the platform has none or another", async () => {
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch: granted });
  for (const other of [undefined, vi.fn()]) {
    vi.stubGlobal("fetch", other);
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
    if (other) expect(other).not.toHaveBeenCalled();
  }
});

class Thenable {
  // biome-ignore lint/suspicious/noThenProperty: what makes it a promise
  then(take: (response: Response) => void): void {
    take(granted());
  }
}

test.each([
  ["a value", () => granted()],
  ["a promise of another make", () => new Thenable()],
  ["a promise", async () => granted()],
])("a fetch may answer with %s", async (_, fetch) => {
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch: fetch as unknown as Fetch });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
});

test("a fetch that throws instead of rejecting is a failed connection, and is tried again", async () => {
  const fetch = vi.fn((): Response => {
    if (fetch.mock.calls.length === 1) throw new TypeError("no route");
    return granted();
  });
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  expect(fetch).toHaveBeenCalledTimes(2);
});

test.each([undefined, null, 5, "text", {}])(
  "the error of a fetch that answers %j says that it returned no response",
  async (nothing) => {
    const fetch = (async () => nothing) as unknown as Fetch;
    const client = new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 0 });
    const error = (await rejection(client.create(ROOM_ID))) as Error;
    expect(error).toMatchObject({ code: "connection_failed" });
    expect(error.message).toContain("(fetch returned no response)");
  },
);

test("an error of fetch that has no message is shown by its name", async () => {
  const fetch = () => Promise.reject(new RangeError());
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 0 });
  expect(((await rejection(client.create(ROOM_ID))) as Error).message).toContain("(RangeError)");
});
