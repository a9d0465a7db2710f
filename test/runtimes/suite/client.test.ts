import { type AttemptEvent, isRoomTokenError, RoomTokenError } from "telnyx-room-tokens";
import { beforeEach, describe, expect, test } from "vitest";
import { apiKey, control, given, inPage, newClient, rejection, reset, roomId, seen } from "./support.ts";

beforeEach(reset);

async function refusal(promise: Promise<unknown>): Promise<RoomTokenError> {
  const error = await rejection(promise);
  if (!isRoomTokenError(error)) throw error;
  return error;
}

describe("create and refresh", () => {
  test("create sends the key and brings a grant that the room accepts", async () => {
    const grant = await newClient().create(roomId, { tokenTtlSecs: 60, refreshTokenTtlSecs: 120 });
    expect(grant.refreshTokenExpiresAt.getTime() - grant.tokenExpiresAt.getTime()).toBe(60_000);
    expect(await control("/accepts", { token: grant.token })).toEqual({ accepted: true });
    const [request] = await seen();
    expect(request?.headers["authorization"]).toBe(`Bearer ${apiKey}`);
    expect(request?.body).toBe('{"token_ttl_secs":60,"refresh_token_ttl_secs":120}');
  });

  test("refresh sends no key and brings another token that the room accepts", async () => {
    const { token, refreshToken } = await newClient().create(roomId);
    const fresh = await newClient().refresh(roomId, { refreshToken, tokenTtlSecs: 60 });
    expect(fresh.token).not.toBe(token);
    expect(fresh.tokenExpiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(await control("/accepts", { token: fresh.token })).toEqual({ accepted: true });
    expect((await seen())[1]?.headers).not.toHaveProperty("authorization");
  });

  test("a User-Agent of its own goes out everywhere but in a page", async () => {
    await newClient().create(roomId);
    const agent = (await seen())[0]?.headers["user-agent"];
    expect(agent).toMatch(inPage ? /^Mozilla\/5\.0 / : /^telnyx-room-tokens\/\d/);
  });
});

describe("refusals", () => {
  test("a wrong key is unauthorized, in Telnyx's own words", async () => {
    const error = await refusal(newClient({ apiKey: "WRONG-KEY" }).create(roomId));
    expect(error).toMatchObject({ code: "unauthorized", status: 401, operation: "create", retryable: false });
    expect(error.errors[0]?.code).toBe("10009");
    expect(error).toBeInstanceOf(RoomTokenError);
    expect(error.name).toBe("RoomTokenError");
  });

  test("a TTL out of range is unprocessable, and points at the member", async () => {
    const error = await refusal(newClient().create(roomId, { tokenTtlSecs: 3601 }));
    expect(error).toMatchObject({ code: "unprocessable", status: 422 });
    expect(error.errors[0]?.pointer).toBe("/token_ttl_secs");
  });

  test("a dead refresh token is forbidden", async () => {
    const { refreshToken } = await newClient().create(roomId);
    await control("/revoke-refresh-tokens");
    const error = await refusal(newClient().refresh(roomId, { refreshToken }));
    expect(error).toMatchObject({ code: "forbidden", status: 403, operation: "refresh" });
  });

  test("the request id is read where the runtime lets it be read", async () => {
    const error = await refusal(newClient().create("00000000-0000-4000-8000-000000000000"));
    expect(error).toMatchObject({ code: "not_found", status: 404 });
    if (inPage) expect(error.requestId).toBeUndefined();
    else expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("bad input is refused before any request", async () => {
    expect(await refusal(newClient().create("../x"))).toMatchObject({ code: "invalid_argument" });
    expect(await seen()).toEqual([]);
  });

  test("a redirect is refused and not followed", async () => {
    const client = newClient({ baseUrl: given.redirectUrl });
    const error = await refusal(client.refresh(roomId, { refreshToken: "r" }));
    expect(error.code).toBe("redirect_refused");
    expect(await (await fetch(given.followedUrl)).text()).toBe("0");
  });

  test("a cut connection is a failed one, with a hint at CORS in a page alone", async () => {
    await control("/fail-next", { dropConnection: true, times: 5 });
    const error = await refusal(newClient().create(roomId));
    expect(error).toMatchObject({ code: "connection_failed", retryable: true });
    expect(error.message.includes("CORS")).toBe(inPage);
  });
});

describe("time", () => {
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
});

describe("secrets", () => {
  const refreshToken = "CANARY-refresh/+ token";

  test.each([
    [
      "an echo",
      { status: 422, body: `{"message":"no such ${refreshToken}, ${encodeURIComponent(refreshToken)}"}` },
    ],
    ["a cut connection", { dropConnection: true, times: 5 }],
    ["an unusable success", { status: 201, body: `{"data":{"token":"${refreshToken}"}}` }],
  ])("neither key nor token comes out of the error of %s", async (_name, plan) => {
    await control("/fail-next", plan);
    const error = await refusal(newClient().refresh(roomId, { refreshToken }));
    const texts = everythingIn(error).join("\n");
    expect(texts).toContain("Refreshing a room client token failed");
    expect(texts).not.toContain("CANARY");
    expect(texts).not.toContain(apiKey);
  });
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
