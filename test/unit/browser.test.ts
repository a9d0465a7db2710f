import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, granted, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

const PAGE =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

beforeEach(() => void vi.stubGlobal("navigator", { userAgent: PAGE }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

test.each([
  [API_KEY, /^apiKey must not be set in a web page.*dangerouslyAllowBrowser.*Node environment/],
  [() => API_KEY, /^apiKey must not be set in a web page.*dangerouslyAllowBrowser.*Node environment/],
  [undefined, /^TELNYX_API_KEY must not be set in a web page.*apiKey: null.*Node environment/],
])(
  "an API key in a web page is refused, be it text, a function or from the environment: %s",
  (apiKey, message) => {
    vi.stubEnv("TELNYX_API_KEY", API_KEY);
    const refusal = { code: "invalid_argument", message: expect.stringMatching(message) };
    expect(() => new RoomTokenClient({ apiKey })).toThrow(expect.objectContaining(refusal));
  },
);

test("with dangerouslyAllowBrowser a page may have a key", async () => {
  const { client, seen } = clientOn(granted, { dangerouslyAllowBrowser: true });
  await client.create(ROOM_ID);
  expect(seen[0]?.headers["authorization"]).toBe(`Bearer ${API_KEY}`);
});

test("a page without a key may refresh, and sends no User-Agent, which would break CORS", async () => {
  const { client, seen } = clientOn(granted, { apiKey: null });
  await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
  expect(seen[0]?.headers).toEqual({ accept: "application/json", "content-type": "application/json" });
});

test("only in a page the error of a failed connection says that it may be a missing CORS header", async () => {
  const messageOf = async () => {
    const { client } = clientOn(() => Promise.reject(new TypeError("Failed to fetch")), { apiKey: null });
    return ((await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }))) as Error).message;
  };
  const failed = "Refreshing a room client token failed: the connection failed (Failed to fetch)";
  expect(await messageOf()).toBe(`${failed} (in a web page a missing CORS header looks the same)`);
  vi.unstubAllGlobals();
  expect(await messageOf()).toBe(failed);
});

test.each([undefined, {}, { userAgent: "Node.js/20" }, { userAgent: "a Mozilla/5.0 " }])(
  "with the navigator %j it is no page",
  async (navigator) => {
    vi.stubGlobal("navigator", navigator);
    const { client, seen } = clientOn(granted);
    await client.create(ROOM_ID);
    expect(seen[0]?.headers["user-agent"]).toMatch(/^telnyx-room-tokens\//);
  },
);
