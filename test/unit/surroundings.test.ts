/** What an application, or a library in it, may have done to the globals before a call. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, granted, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  Reflect.deleteProperty(Object.prototype, "extend");
  Reflect.deleteProperty(Array.prototype, "last");
});

async function bothCallsWork(): Promise<void> {
  const { client, seen } = clientOn(granted);
  const { tokenExpiresAt } = await client.create(ROOM_ID, { tokenTtlSecs: 60 }, { headers: { "x-a": "b" } });
  expect(tokenExpiresAt.getTime()).toBe(Date.UTC(2026, 10, 22, 10, 10));
  expect((await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN })).token).toBe("CANARY-token");
  expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual([
    ...["accept", "authorization", "content-type", "user-agent", "x-a"],
  ]);
  expect(seen[0]?.body).toEqual({ token_ttl_secs: 60 });
}

test("with another Date.prototype.toJSON both calls work", async () => {
  vi.spyOn(Date.prototype, "toJSON").mockReturnValue("local time");
  await bothCallsWork();
});

test("with enumerable additions to Object.prototype and Array.prototype both calls work", async () => {
  Object.assign(Object.prototype, { extend: () => {} });
  Object.assign(Array.prototype, { last: () => {} });
  await bothCallsWork();
});

/** Runs a module in a process of its own, where src is imported by the name `tokens`. */
function runAlone(before: string, code: string): string {
  const index = new URL("../../src/index.ts", import.meta.url).href;
  const script = `${before}; const tokens = await import(${JSON.stringify(index)}); ${code}`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", script],
    { cwd: fileURLToPath(new URL("../..", import.meta.url)), encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return stdout.trim();
}

test("with a frozen Error.prototype the package can be imported, and its errors have their names", () => {
  const shown = runAlone(
    "Object.freeze(Error.prototype)",
    `
      const roomId = ${JSON.stringify(ROOM_ID)};
      const stub = { aborted: true, addEventListener() {} };
      const client = new tokens.RoomTokenClient({ apiKey: null });
      const refused = await client.create(roomId).catch((error) => error);
      const aborted = await client.create(roomId, {}, { signal: stub }).catch((error) => error);
      const failing = new tokens.RoomTokenClient({ apiKey: "k", maxRetries: 0, fetch: () => { throw new Error("no") } });
      const failed = await failing.create(roomId).catch((error) => error);
      console.log([refused, aborted, failed, failed.cause].map(String).join("\\n"));
    `,
  );
  expect(shown.split("\n")).toEqual([
    "RoomTokenError: Creating a room client token failed: no API key: pass apiKey, or set TELNYX_API_KEY",
    "AbortError: This operation was aborted",
    "RoomTokenError: Creating a room client token failed: the connection failed (no)",
    "Error: no",
  ]);
});

test("every rejection is an Error, as a Promise like bluebird's wants it", async () => {
  const foreign: unknown[] = [];
  const watch = (reason: unknown) => {
    if (!(reason instanceof Error)) foreign.push(reason);
  };
  class Watching<T> extends Promise<T> {
    constructor(
      run: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: unknown) => void) => void,
    ) {
      super((resolve, reject) =>
        run(resolve, (reason) => {
          watch(reason);
          reject(reason);
        }),
      );
    }
  }
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.stubGlobal("Promise", Watching);
  const failures = [
    () => json(503, {}, { "retry-after": "0" }),
    () => json(403, {}),
    () => json(201, {}),
    () => new Response("<html>", { status: 201 }),
    () => new Promise<never>(() => {}),
    async () => {
      throw new TypeError("fetch failed");
    },
  ];
  for (const fail of failures) {
    const { client } = clientOn(fail, { maxRetries: 1, timeoutMs: 5 });
    await rejection(client.create(ROOM_ID));
    await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }));
  }
  const caller = new AbortController();
  const aborted = rejection(
    clientOn(() => new Promise<never>(() => {})).client.create(ROOM_ID, {}, { signal: caller.signal }),
  );
  caller.abort();
  await aborted;
  expect(foreign).toEqual([]);
});

test("a client has a tag of its own, so that Vue and its like make no proxy of it", async () => {
  expect(Object.prototype.toString.call(new RoomTokenClient({ apiKey: null }))).toBe(
    "[object RoomTokenClient]",
  );
});

/** As React Native has it: it follows a redirect whatever it is told. */
function followingFetch(url: string, response: () => Response) {
  return vi.fn(async () => Object.defineProperty(response(), "url", { value: url }));
}

const BASE_URL = "https://api.example:443/v2";

test.each([
  ["https://evil.example/v2/rooms"],
  ["http://api.example/v2/rooms"],
  ["https://api.example:8443/v2"],
  ["https://api.example.evil.example/v2"],
  ["https://api.example@evil.example/v2"],
])("a response of the platform's fetch that comes from %s is a refused redirect", async (url) => {
  for (const response of [
    granted,
    () => json(503, { title: "CANARY" }),
    () => json(403, { title: "CANARY" }),
  ]) {
    const fetch = followingFetch(url, response);
    vi.stubGlobal("fetch", fetch);
    const client = new RoomTokenClient({ apiKey: API_KEY, baseUrl: BASE_URL });
    const error = await rejection(client.create(ROOM_ID));
    expect(error).toMatchObject({ code: "redirect_refused", retryable: false, attempts: 1, errors: [] });
    const { message, bodyText } = error as { message: string; bodyText: string };
    expect(message + bodyText).not.toContain("CANARY");
    expect(fetch).toHaveBeenCalledTimes(1);
  }
});

test.each(["https://api.example/v2/rooms", "HTTPS://API.EXAMPLE:443/x", "https://api.example:443", ""])(
  "one that comes from %j is a success: the origin is the same, or not known",
  async (url) => {
    vi.stubGlobal("fetch", followingFetch(url, granted));
    const client = new RoomTokenClient({ apiKey: API_KEY, baseUrl: BASE_URL });
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  },
);

test.each([
  ["https://api.example/v2", "https://api.example:/v2"],
  ["https://xn--bcher-kva.example/v2", "https://bücher.example/v2"],
  ["http://127.0.0.1:8080/v2", "http://127.0.0.1:08080/v2"],
  ["http://[::1]:8080/v2", "http://[0:0:0:0:0:0:0:1]:8080/v2"],
])("one that comes from %s is a success, where the base URL spells that %s", async (url, baseUrl) => {
  vi.stubGlobal("fetch", followingFetch(url, granted));
  const client = new RoomTokenClient({ apiKey: API_KEY, baseUrl, allowInsecureHttp: true });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
});

test("the body of a response from another origin is not read: it may break off, and the request is not repeated", async () => {
  const broken = () =>
    new Response(new ReadableStream({ pull: () => Promise.reject(new Error("cut")) }), { status: 201 });
  const fetch = followingFetch("https://evil.example/", broken);
  vi.stubGlobal("fetch", fetch);
  const client = new RoomTokenClient({ apiKey: API_KEY, baseUrl: BASE_URL });
  expect(await rejection(client.create(ROOM_ID))).toMatchObject({
    code: "redirect_refused",
    message: "Creating a room client token failed: 201 redirect, followed to another origin",
  });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("a fetch of the caller's own may route as it likes", async () => {
  const { fetch } = { fetch: followingFetch("https://gateway.example/x", granted) };
  const client = new RoomTokenClient({ apiKey: API_KEY, baseUrl: BASE_URL, fetch });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
});
