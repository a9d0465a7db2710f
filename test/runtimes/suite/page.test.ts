import { isRoomTokenError, RoomTokenClient, RoomTokenError } from "telnyx-room-tokens";
import { RoomTokenSession } from "telnyx-room-tokens/session";
import { beforeEach, expect, test } from "vitest";
import { apiKey, control, given, newClient, rejection, reset, roomId, seen } from "./support.ts";

beforeEach(reset);

const keyless = () => new RoomTokenClient({ baseUrl: given.apiUrl, maxRetries: 0 });

test("an API key in a page is refused, and the refusal does not show it", () => {
  let refused: unknown;
  try {
    new RoomTokenClient({ apiKey });
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(RoomTokenError);
  expect(refused).toMatchObject({ code: "invalid_argument" });
  expect(String(refused)).toContain("dangerouslyAllowBrowser");
  expect(String(refused)).not.toContain(apiKey);
});

test("the page is of another origin than the API", () => {
  expect(new URL(given.apiUrl).origin).not.toBe(location.origin);
});

test("a refresh without a key works across origins", async () => {
  const { refreshToken } = await newClient().create(roomId);
  const { token } = await keyless().refresh(roomId, { refreshToken });
  expect(await control("/accepts", { token })).toEqual({ accepted: true });
});

test("a missing CORS header is a failed connection whose text says so", async () => {
  const { refreshToken } = await newClient().create(roomId);
  await control("/block-pages");
  const error = await rejection(keyless().refresh(roomId, { refreshToken }));
  expect(error).toMatchObject({ code: "connection_failed", retryable: true });
  expect(String(error)).toContain("CORS");
});

test("a rate limit whose wait CORS hides is still a rate limit, and retried", async () => {
  await control("/fail-next", { status: 429, headers: { "retry-after": "7" } });
  const error = await rejection(newClient().create(roomId));
  expect(isRoomTokenError(error) && { code: error.code, retryAfterMs: error.retryAfterMs }).toEqual({
    code: "rate_limited",
    retryAfterMs: undefined,
  });
  await control("/fail-next", { status: 429 });
  await newClient({ maxRetries: 1 }).create(roomId);
  expect(await seen()).toHaveLength(3);
});

test("a session whose refresh is refused by CORS lives on its back end", async () => {
  const grant = await newClient().create(roomId);
  await control("/block-pages");
  const session = new RoomTokenSession({
    grant,
    refresh: ({ refreshToken, signal }) => keyless().refresh(roomId, { refreshToken }, { signal }),
    create: async () => ({
      ...grant,
      token: "from the back end",
      tokenExpiresAt: new Date(Date.now() + 600_000),
    }),
  });
  await session.getToken({ forceRefresh: true }).catch(() => {});
  await expect.poll(() => session.getToken(), { timeout: 30_000 }).toBe("from the back end");
  session.close();
});
