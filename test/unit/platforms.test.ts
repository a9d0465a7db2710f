/** What a platform may lack, and what an application, or a library in it, may have done to its globals. */
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { afterEach, expect, test, vi } from "vitest";
import type * as Package from "../../src/index.ts";
import { type Fetch, RoomTokenClient } from "../../src/index.ts";
import {
  API_KEY,
  clientOn,
  ForeignController,
  GRANT_DATA,
  granted,
  json,
  REFRESH_TOKEN,
  ROOM_ID,
  rejection,
  UrlWithoutGetters,
} from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const name of ["extend", "deep"]) Reflect.deleteProperty(Object.prototype, name);
  Reflect.deleteProperty(Array.prototype, "last");
});

/** A fetch without Response, with a byte order mark. */
const bareFetch = (status: number, body: object): Fetch =>
  vi.fn(async () => ({
    status,
    headers: { get: () => null },
    text: async () => `\ufeff${JSON.stringify(body)}`,
  }));

test("in a hardened realm with little more than a fetch, calls work, and failures have their codes and names", async () => {
  const entryPoints = [fileURLToPath(new URL("../../src/index.ts", import.meta.url))];
  const options = { bundle: true, write: false, format: "iife", globalName: "tokens" } as const;
  const { outputFiles } = await build({ entryPoints, ...options });
  const script = `Object.freeze(Error.prototype); ${outputFiles[0]?.text}; tokens`;
  // No Request, Response, ReadableStream, TextDecoder, DOMException, performance, process, navigator, window.
  const globals = { setTimeout, clearTimeout, AbortController, Headers, FormData, URL: UrlWithoutGetters };
  const bare: typeof Package = runInContext(script, createContext(globals));
  const baseUrl = "https://api.example/v2/";
  const clientBy = (fetch: Fetch) =>
    new bare.RoomTokenClient({ apiKey: API_KEY, baseUrl, fetch, timeoutMs: 50, maxRetries: 0 });

  const fetch = bareFetch(201, { data: GRANT_DATA });
  const { token, tokenExpiresAt } = await clientBy(fetch).create(ROOM_ID, { tokenTtlSecs: 60 });
  expect([token, tokenExpiresAt.toISOString()]).toEqual(["CANARY-token", "2026-11-22T10:10:00.000Z"]);
  await clientBy(fetch).refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(fetch).toHaveBeenCalledWith(
    `https://api.example/v2/rooms/${ROOM_ID}/actions/generate_join_client_token`,
    expect.not.objectContaining({ cache: expect.anything() }),
  );

  const failures: [fetch: Fetch, code: string, message: string][] = [
    [bareFetch(404, { title: "No room" }), "not_found", "404 No room"],
    [() => Promise.reject(new TypeError("no")), "connection_failed", "the connection failed (no)"],
    [() => new Promise(() => {}), "timeout", "no complete response within 50 ms"],
  ];
  for (const [failing, code, message] of failures) {
    const error = await rejection(clientBy(failing).create(ROOM_ID));
    expect(error).toMatchObject({ code });
    expect(String(error)).toBe(`RoomTokenError: Creating a room client token failed: ${message}`);
    expect(bare.isRoomTokenError(error)).toBe(true);
  }
  const lost = await rejection(clientBy(() => Promise.reject(new TypeError("no"))).create(ROOM_ID));
  expect(String((lost as Error).cause)).toBe("TypeError: no");
  const foreign = new ForeignController();
  foreign.abort();
  const aborted = clientBy(fetch).create(ROOM_ID, {}, { signal: foreign.signal });
  expect(String(await rejection(aborted))).toBe("AbortError: This operation was aborted");
});

test.each(["Request", "Response", "performance", "process", "navigator", "DOMException"])(
  "without %s alone both calls work",
  async (name) => {
    vi.stubGlobal(name, undefined);
    const client = new RoomTokenClient({ apiKey: API_KEY, fetch: bareFetch(201, { data: GRANT_DATA }) });
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
    expect((await client.refresh(ROOM_ID, { refreshToken: "r" })).token).toBe("CANARY-token");
  },
);

test("without TextDecoder a body is read by text(), and one token is created", async () => {
  vi.stubGlobal("TextDecoder", undefined);
  const { client, seen } = clientOn(granted);
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  expect(seen).toHaveLength(1);
  const token = "a\ufeffb";
  const inside = clientOn(() => json(201, { data: { ...GRANT_DATA, token } }));
  expect((await inside.client.create(ROOM_ID)).token).toBe(token);
  const tooLong = clientOn(() => json(403, { title: "Words", pad: " ".repeat(2 ** 20) }));
  expect(await rejection(tooLong.client.create(ROOM_ID))).toMatchObject({ code: "forbidden", errors: [] });
});

test("where the platform's own AbortController gives no reason, calls and deadlines work", async () => {
  vi.stubGlobal("AbortController", ForeignController);
  expect((await clientOn(granted).client.create(ROOM_ID)).token).toBe("CANARY-token");
  const stalled = clientOn(() => new Promise(() => {}), { timeoutMs: 10 });
  expect(await rejection(stalled.client.create(ROOM_ID))).toMatchObject({ code: "timeout" });
});

test.each([
  ["another Date.prototype.toJSON", () => vi.spyOn(Date.prototype, "toJSON").mockReturnValue("local time")],
  [
    "enumerable additions to Object.prototype",
    () => Object.assign(Object.prototype, { extend: () => {}, deep: { a: [1] } }),
  ],
  ["enumerable additions to Array.prototype", () => Object.assign(Array.prototype, { last: () => {} })],
])("with %s both calls work", async (_, change) => {
  change();
  const { client, seen } = clientOn(granted);
  const { tokenExpiresAt } = await client.create(ROOM_ID, { tokenTtlSecs: 60 }, { headers: { "x-a": "b" } });
  expect(tokenExpiresAt.getTime()).toBe(Date.UTC(2026, 10, 22, 10, 10));
  expect((await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN })).token).toBe("CANARY-token");
  const names = ["accept", "authorization", "content-type", "user-agent", "x-a"];
  expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual(names);
  expect(seen[0]?.body).toEqual({ token_ttl_secs: 60 });
  expect(seen.map(({ url }) => url)).toEqual([
    expect.stringMatching(/_token$/),
    expect.stringMatching(/_token$/),
  ]);
});

/** A Promise like bluebird's, which warns of a rejection that is no Error. */
class WatchingPromise<T> extends Promise<T> {
  static readonly foreign: unknown[] = [];
  constructor(run: ConstructorParameters<typeof Promise<T>>[0]) {
    super((resolve, reject) =>
      run(resolve, (reason) => {
        if (!(reason instanceof Error)) WatchingPromise.foreign.push(reason);
        reject(reason);
      }),
    );
  }
}

test("every rejection is an Error, as a Promise like bluebird's wants it", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.stubGlobal("Promise", WatchingPromise);
  const failures = [
    () => json(503, {}, { "retry-after": "0" }),
    () => json(403, {}),
    () => json(201, {}),
    () => new Response("<html>", { status: 201 }),
    () => Promise.reject(new TypeError("fetch failed")),
    () => new Promise<never>(() => {}),
  ];
  for (const fail of failures) {
    const { client } = clientOn(fail, { maxRetries: 1, timeoutMs: 5 });
    await rejection(client.create(ROOM_ID));
    const aborted = rejection(client.create(ROOM_ID, {}, { signal: AbortSignal.timeout(1) }));
    await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }));
    await aborted;
  }
  expect(WatchingPromise.foreign).toEqual([]);
});

test("a client has a tag of its own, so that Vue and its like make no proxy of it", () => {
  const client = new RoomTokenClient({ apiKey: null });
  expect(Object.prototype.toString.call(client)).toBe("[object RoomTokenClient]");
});
