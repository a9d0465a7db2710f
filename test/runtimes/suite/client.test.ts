import { type AttemptEvent, isRoomTokenError, RoomTokenError } from "telnyx-room-tokens";
import { beforeEach, expect, test } from "vitest";
import { apiKey, control, given, inPage, newClient, rejection, reset, roomId, seen } from "./support.ts";

beforeEach(reset);

async function refusal(promise: Promise<unknown>): Promise<RoomTokenError> {
  const error = await rejection(promise);
  if (!isRoomTokenError(error)) throw error;
  return error;
}

test("create sends the key, refresh does not, and the room accepts the tokens of both", async () => {
  const grant = await newClient().create(roomId, { tokenTtlSecs: 60, refreshTokenTtlSecs: 120 });
  expect(grant.refreshTokenExpiresAt.getTime() - grant.tokenExpiresAt.getTime()).toBe(60_000);
  const { refreshToken } = grant;
  const fresh = await newClient().refresh(roomId, { refreshToken, tokenTtlSecs: 60 });
  expect(fresh.token).not.toBe(grant.token);
  for (const { token } of [grant, fresh])
    expect(await control("/accepts", { token })).toEqual({ accepted: true });
  const [created, refreshed] = await seen();
  expect(created?.body).toBe('{"token_ttl_secs":60,"refresh_token_ttl_secs":120}');
  expect(created?.headers["authorization"]).toBe(`Bearer ${apiKey}`);
  expect(created?.headers["user-agent"]).toMatch(inPage ? /^Mozilla\/5\.0 / : /^telnyx-room-tokens\/\d/);
  expect(refreshed?.headers).not.toHaveProperty("authorization");
});

test("an error has Telnyx's own words, and its request id where the runtime lets it be read", async () => {
  const error = await refusal(newClient({ apiKey: "WRONG-KEY" }).create(roomId));
  expect(error).toMatchObject({ code: "unauthorized", status: 401, operation: "create", retryable: false });
  expect(error.errors[0]?.code).toBe("10009");
  expect(error).toBeInstanceOf(RoomTokenError);
  if (inPage) expect(error.requestId).toBeUndefined();
  else expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test("a redirect is refused and not followed", async () => {
  const client = newClient({ baseUrl: given.redirectUrl });
  const error = await refusal(client.refresh(roomId, { refreshToken: "r" }));
  expect(error.code).toBe("redirect_refused");
  expect(await control("/followed-redirects")).toBe(0);
});

test("a cut connection is a failed one, with a hint at CORS in a page alone, and without a secret", async () => {
  await control("/fail-next", { dropConnection: true, times: 5 });
  const error = await refusal(newClient().refresh(roomId, { refreshToken: "CANARY-refresh/+ token" }));
  expect(error).toMatchObject({ code: "connection_failed", retryable: true });
  expect(error.message.includes("CORS")).toBe(inPage);
  const texts = everythingIn(error).join("\n");
  expect(texts).toContain("Refreshing a room client token failed");
  expect(texts).not.toContain("CANARY");
  expect(texts).not.toContain(apiKey);
});

test("a passing failure is retried, and every attempt reported", async () => {
  await control("/fail-next", { status: 503 });
  const events: AttemptEvent[] = [];
  await newClient({ maxRetries: 2, onAttempt: (event) => events.push(event) }).create(roomId);
  expect(events.map(({ attempt, status, code }) => ({ attempt, status, code }))).toEqual([
    { attempt: 1, status: 503, code: "server_error" },
    { attempt: 2, status: 201, code: undefined },
  ]);
  expect(events[0]?.retryInMs).toBeGreaterThanOrEqual(250);
});

test("a body that stalls ends with the deadline", async () => {
  const client = newClient({ baseUrl: given.stallUrl, timeoutMs: 300 });
  expect(await refusal(client.create(roomId))).toMatchObject({ code: "timeout", retryable: true });
});

test("an abort within the body rejects with the caller's own reason", async () => {
  const controller = new AbortController();
  const reason = new Error("left the page");
  const call = newClient({ baseUrl: given.stallUrl }).create(roomId, {}, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 200);
  expect(await rejection(call)).toBe(reason);
});

test("an abort within a backoff rejects at once, with the caller's own reason", async () => {
  await control("/fail-next", { status: 503, times: 9 });
  const controller = new AbortController();
  const reason = { why: "enough" };
  const onAttempt = () => setTimeout(() => controller.abort(reason), 0);
  const call = newClient({ maxRetries: 9, onAttempt }).create(roomId, {}, { signal: controller.signal });
  expect(await rejection(call)).toBe(reason);
  expect(await seen()).toHaveLength(1);
});

/** Every string reachable from a value, not only by what is enumerable. */
function everythingIn(value: unknown, known = new Set<unknown>()): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || known.has(value)) return [];
  known.add(value);
  return Reflect.ownKeys(value).flatMap((key) => [
    String(key),
    ...everythingIn(Reflect.get(value, key), known),
  ]);
}
