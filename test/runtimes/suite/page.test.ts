import { RoomTokenClient } from "telnyx-room-tokens";
import { beforeEach, expect, test } from "vitest";
import { apiKey, control, given, newClient, rejection, reset, roomId, seen } from "./support.ts";

beforeEach(reset);

const keyless = () => new RoomTokenClient({ baseUrl: given.apiUrl, maxRetries: 0 });

test("an API key in a page is refused, and the refusal does not show it", async () => {
  const refused = await rejection(Promise.resolve().then(() => new RoomTokenClient({ apiKey })));
  expect(refused).toMatchObject({ code: "invalid_argument" });
  expect(String(refused)).toContain("dangerouslyAllowBrowser");
  expect(String(refused)).not.toContain(apiKey);
});

test("a refresh without a key works across origins, and without a CORS header its error says so", async () => {
  expect(new URL(given.apiUrl).origin).not.toBe(location.origin);
  const { refreshToken } = await newClient().create(roomId);
  const { token } = await keyless().refresh(roomId, { refreshToken });
  expect(await control("/accepts", { token })).toEqual({ accepted: true });
  await control("/block-pages");
  const error = await rejection(keyless().refresh(roomId, { refreshToken }));
  expect(error).toMatchObject({ code: "connection_failed", retryable: true });
  expect(String(error)).toContain("CORS");
});

test("a rate limit whose wait CORS hides is still a rate limit, and retried", async () => {
  await control("/fail-next", { status: 429, headers: { "retry-after": "7" } });
  const error = await rejection(newClient().create(roomId));
  expect(error).toMatchObject({ code: "rate_limited" });
  expect(error).not.toHaveProperty("retryAfterMs");
  await control("/fail-next", { status: 429 });
  await newClient({ maxRetries: 1 }).create(roomId);
  expect(await seen()).toHaveLength(3);
});
