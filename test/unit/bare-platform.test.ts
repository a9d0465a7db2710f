import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, expect, test, vi } from "vitest";
import type * as Package from "../../src/index.ts";
import type { Fetch } from "../../src/index.ts";
import { API_KEY, GRANT_DATA, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

let script = "";
beforeAll(async () => {
  const entry = new URL("../../src/index.ts", import.meta.url).pathname;
  const options = { bundle: true, write: false, format: "iife", globalName: "tokens" } as const;
  const { outputFiles } = await build({ ...options, entryPoints: [entry] });
  script = outputFiles[0]?.text ?? "";
});

/** As React Native's: its constructor checks nothing and its getters throw. */
class UrlWithoutGetters {}
for (const name of ["protocol", "hostname", "host", "port", "pathname", "href", "username", "search"]) {
  Object.defineProperty(UrlWithoutGetters.prototype, name, {
    get() {
      throw new Error(`URL.${name} is not implemented`);
    },
  });
}

/**
 * The package, loaded in a realm that has these globals and no others: no Request, Response, ReadableStream,
 * TextDecoder, DOMException, performance, process, navigator, window.
 */
function loadedOnABarePlatform(fetch: Fetch) {
  const globals = { setTimeout, clearTimeout, AbortController, Headers, FormData, URL: UrlWithoutGetters };
  const { RoomTokenClient, isRoomTokenError } = runInContext(
    `${script}; tokens`,
    createContext(globals),
  ) as typeof Package;
  const options = {
    apiKey: API_KEY,
    baseUrl: "https://api.example/v2/",
    fetch,
    timeoutMs: 50,
    maxRetries: 0,
  };
  return { RoomTokenClient, isRoomTokenError, client: new RoomTokenClient(options) };
}

const answer = (status: number, body: unknown): Fetch =>
  vi.fn(async () => ({
    status,
    headers: { get: () => null },
    text: async () => `\ufeff${JSON.stringify(body)}`,
  }));

test("on a bare platform, both calls work and mint one token each", async () => {
  const fetch = answer(201, { data: GRANT_DATA });
  const { client } = loadedOnABarePlatform(fetch);
  const { token, tokenExpiresAt } = await client.create(ROOM_ID, { tokenTtlSecs: 60 });
  expect([token, tokenExpiresAt.toISOString()]).toEqual(["CANARY-token", "2026-11-22T10:10:00.000Z"]);
  expect((await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN })).token).toBe("CANARY-token");
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(fetch).toHaveBeenCalledWith(
    `https://api.example/v2/rooms/${ROOM_ID}/actions/generate_join_client_token`,
    expect.not.objectContaining({ cache: expect.anything() }),
  );
});

test("on a bare platform, failures have their codes", async () => {
  const refused = loadedOnABarePlatform(answer(404, { title: "No room" }));
  const error = await rejection(refused.client.create(ROOM_ID));
  expect(refused.isRoomTokenError(error)).toBe(true);
  expect(error).toMatchObject({ code: "not_found", errors: [{ title: "No room" }] });
  const lost = loadedOnABarePlatform(() => Promise.reject(new TypeError("Network request failed")));
  expect(await rejection(lost.client.create(ROOM_ID))).toMatchObject({ code: "connection_failed" });
  const late = loadedOnABarePlatform(() => new Promise(() => {}));
  expect(await rejection(late.client.create(ROOM_ID))).toMatchObject({ code: "timeout" });
});

const BAD_BASE_URLS = [
  "http://h",
  "http://localhost.h",
  "http://127.0.0.1.h",
  "https://u@h",
  "https://u:p@h",
  "https://h?q",
  "https://h#f",
  "https://",
  "ftp://h",
  "//h",
  "h",
  "",
  "https://h\\@x",
  "https://h /",
  "javascript:1",
];
const GOOD_BASE_URLS = [
  "https://h",
  "https://h:1/a/b//",
  "http://localhost:1",
  "http://127.1.2.3",
  "http://[::1]:1",
];

test("on a bare platform, a base URL is held to its rule", async () => {
  const { RoomTokenClient } = loadedOnABarePlatform(answer(201, {}));
  for (const baseUrl of BAD_BASE_URLS) {
    expect(() => new RoomTokenClient({ apiKey: API_KEY, baseUrl }), baseUrl).toThrow(
      expect.objectContaining({
        code: "invalid_argument",
        message: expect.stringMatching(/^baseUrl must be/),
      }),
    );
  }
  for (const baseUrl of GOOD_BASE_URLS)
    expect(() => new RoomTokenClient({ apiKey: API_KEY, baseUrl }), baseUrl).not.toThrow();
});
