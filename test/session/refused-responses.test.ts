import { describe, expect, it } from "vitest";
import type { RoomTokenError, RoomTokenSessionOptions } from "../../src/session/index.ts";
import { NOON, open, rejection, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

type Create = NonNullable<RoomTokenSessionOptions["create"]>;

/** A session without a token whose `create` gives this answer. */
function creating(answer: () => unknown, calls: number[] = []) {
  const create = () => {
    calls.push(Date.now() - NOON);
    return answer();
  };
  return open(new Server(), { grant: undefined, create: create as Create });
}

const errorOf = async (answer: () => unknown) =>
  (await rejection(creating(answer).getToken())) as RoomTokenError;

describe("a Response that refuses", () => {
  const refused = async (status: number, body: BodyInit | null, headers: Record<string, string> = {}) => {
    const calls: number[] = [];
    const session = creating(async () => new Response(body, { status, headers }), calls);
    session.start();
    const error = await rejection(session.getToken());
    await sleep(60_000);
    return { error, calls };
  };

  it("with 429 and Retry-After 7 is asked again after 7 s, not before", async () => {
    const { error, calls } = await refused(429, null, { "Retry-After": "7" });
    expect(error).toMatchObject({ code: "rate_limited", status: 429, retryAfterMs: 7000, retryable: true });
    expect(calls.slice(0, 2)).toEqual([0, 7000]);
  });

  it.each(["soon", "-5", "1abc", "Infinity", "1e9", "Sun, 06 Nov 1994 08:49:37 GMT", ""])(
    "with 429 and Retry-After %j is asked again after the session's own pause",
    async (retryAfter) => {
      const { calls } = await refused(429, null, { "Retry-After": retryAfter });
      expect(calls.slice(0, 3)).toEqual([0, 500, 1500]);
    },
  );

  it("with 429 and a Retry-After of 1e9 s is asked again after 300 s", async () => {
    const { calls } = await refused(429, null, { "Retry-After": "1000000000" });
    expect(calls).toEqual([0]);
    await sleep(240_000);
    expect(calls).toEqual([0, 300_000]);
  });

  it("with 403 is forbidden, in Telnyx's words", async () => {
    const body = JSON.stringify({
      errors: [{ code: "10010", title: "Not allowed", detail: "No such login" }],
    });
    const { error, calls } = await refused(403, body, { "Content-Type": "application/json" });
    expect(error).toMatchObject({
      code: "forbidden",
      operation: "create",
      status: 403,
      retryable: false,
      errors: [{ code: "10010", title: "Not allowed", detail: "No such login" }],
    });
    expect(String(error)).toContain("Not allowed");
    expect(calls.slice(0, 2)).toEqual([0, 24_000]);
  });

  it.each([
    [302, "redirect_refused", 24_000],
    [401, "unauthorized", 24_000],
    [404, "not_found", 24_000],
    [503, "server_error", 500],
  ])("with %i is %s, and asked again after %i ms", async (status, code, nextMs) => {
    const { error, calls } = await refused(status, status === 404 ? "<html>Not Found" : null);
    expect(error).toMatchObject({ code, status });
    expect(calls[1]).toBe(nextMs);
  });

  it("with an opaque redirect is redirect_refused", async () => {
    const response = {
      ok: false,
      status: 0,
      type: "opaqueredirect",
      headers: new Headers(),
      text: async () => "",
    };
    const error = await errorOf(() => ({ ...response, json: async () => ({}) }));
    expect(error).toMatchObject({ code: "redirect_refused", retryable: false });
  });

  it("shows no token that stands in its body", async () => {
    const server = new Server();
    server.opaque = true;
    const refresh = async ({ refreshToken }: { refreshToken: string }) =>
      Response.json({ errors: [{ title: `no ${refreshToken}` }] }, { status: 403 });
    const session = open(server, { refresh });
    const error = await rejection(session.getToken({ forceRefresh: true }));
    expect(error).toMatchObject({ code: "forbidden", errors: [{ title: "no [redacted]" }] });
    expect(JSON.stringify([error, (error as { bodyText?: string }).bodyText])).not.toContain("refresh-1");
  });
});

describe("the body of a Response that refuses", () => {
  const headers = new Headers();
  const refusal = { ok: false, status: 403, headers };

  it("gives Telnyx's words, by text() or, where there is none, by json()", async () => {
    const body = { title: "No", detail: "not you" };
    const read = { text: async () => JSON.stringify(body), json: async () => body };
    for (const ways of [read, { json: read.json }]) {
      const error = await errorOf(() => ({ ...refusal, ...ways }));
      expect(error).toMatchObject({ code: "forbidden", status: 403, errors: [body] });
      expect(error.message).toBe("The session's create failed: 403 No: not you");
      expect(error.bodyText).toBe(JSON.stringify(body));
    }
  });

  it.each([
    ["breaks", { text: () => Promise.reject(new Error("cut")) }],
    ["is no JSON", { text: undefined, json: () => Promise.reject(new Error("cut")) }],
  ])("may be one that %s: the refusal stands, without words", async (_, ways) => {
    const error = await errorOf(() => ({ ...refusal, json: async () => ({}), ...ways }));
    expect(error).toMatchObject({ code: "forbidden", status: 403, errors: [] });
    expect(error.bodyText).toBe("");
  });
});
