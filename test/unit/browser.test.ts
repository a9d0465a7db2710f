import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, granted, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

const PAGE =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

beforeEach(() => void vi.stubGlobal("navigator", { userAgent: PAGE }));
afterEach(() => void vi.unstubAllGlobals());
afterEach(() => void vi.unstubAllEnvs());

test("an API key in a web page is refused, be it text, a function or from the environment", () => {
  vi.stubEnv("TELNYX_API_KEY", API_KEY);
  for (const apiKey of [API_KEY, () => API_KEY, undefined]) {
    expect(() => new RoomTokenClient({ apiKey })).toThrow(
      expect.objectContaining({
        code: "invalid_argument",
        message: expect.stringMatching(
          apiKey === undefined
            ? /^TELNYX_API_KEY must not be set in a web page.*apiKey: null.*Node environment/
            : /^apiKey must not be set in a web page.*dangerouslyAllowBrowser.*Node environment/,
        ),
      }),
    );
  }
});

test("with dangerouslyAllowBrowser, and only if it is true, a page may have a key", async () => {
  const { client, seen } = clientOn(granted, { dangerouslyAllowBrowser: true });
  await client.create(ROOM_ID);
  expect(seen[0]?.headers["authorization"]).toBe(`Bearer ${API_KEY}`);
  const truthy = { apiKey: API_KEY, dangerouslyAllowBrowser: "yes" as unknown as boolean };
  expect(() => new RoomTokenClient(truthy)).toThrow("dangerouslyAllowBrowser");
});

test("a page without a key may refresh, and sends no User-Agent, which would break CORS", async () => {
  const { client, seen } = clientOn(granted, { apiKey: null });
  await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
  expect(seen[0]?.headers).toEqual({ accept: "application/json", "content-type": "application/json" });
});

test("in a page the error of a failed connection says that it may be a missing CORS header", async () => {
  const failing = () =>
    clientOn(() => Promise.reject(new TypeError("Failed to fetch")), { apiKey: null }).client;
  const inPage = (await rejection(failing().refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }))) as Error;
  expect(inPage.message).toBe(
    "Refreshing a room client token failed: the connection failed (Failed to fetch) (in a web page a missing CORS header looks the same)",
  );
  vi.unstubAllGlobals();
  const elsewhere = (await rejection(failing().refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }))) as Error;
  expect(elsewhere.message).toMatch(/\(Failed to fetch\)$/);
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
