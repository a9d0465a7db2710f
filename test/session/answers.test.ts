import { describe, expect, it, vi } from "vitest";
import type { RoomTokenGrantInput, RoomTokenSessionOptions } from "../../src/session/index.ts";
import { jwt, NOON, open, rejection, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

type Create = NonNullable<RoomTokenSessionOptions["create"]>;

/** A session without a token whose callback gives `answer`. */
function creating(answer: unknown, calls: number[] = []) {
  const create = () => {
    calls.push(Date.now() - NOON);
    return typeof answer === "function" ? answer() : answer;
  };
  return open(new Server(), { grant: undefined, create: create as Create });
}

const grant = (): RoomTokenGrantInput => new Server().grant();
const telnyx = () => {
  const { token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt } = grant();
  return {
    token,
    token_expires_at: tokenExpiresAt,
    refresh_token: refreshToken,
    refresh_token_expires_at: refreshTokenExpiresAt,
  };
};

const SHAPES: [string, () => unknown][] = [
  ["a grant with dates", withDates],
  ["the JSON of a grant", grant],
  ["Telnyx's answer", () => ({ data: telnyx() })],
  ["the data of Telnyx's answer", telnyx],
  [
    "a grant with ok and status beside it, which is no Response",
    () => ({ ok: true, status: 201, ...grant() }),
  ],
  ["a grant with a data of its own beside it", () => ({ ...grant(), data: { user: 7 } })],
  ["an axios response with a grant", () => ({ status: 201, headers: {}, config: {}, data: grant() })],
  ["an axios response with Telnyx's answer", () => ({ status: 201, data: { data: telnyx() } })],
];

function withDates() {
  const { token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt } = grant();
  return {
    token,
    tokenExpiresAt: new Date(tokenExpiresAt),
    refreshToken,
    refreshTokenExpiresAt: new Date(refreshTokenExpiresAt),
  };
}

describe("what create may give", () => {
  it.each(SHAPES)("%s", async (_, make) => {
    for (const answer of [make, async () => make()]) {
      const session = creating(answer);
      expect(await session.getToken()).toBe(grant().token);
      expect(session.grant).toMatchObject({ refreshToken: "refresh-1" });
      expect(session.tokenExpiresAt).toEqual(new Date(NOON + 600_000));
      expect(session.refreshTokenExpiresAt).toEqual(new Date(NOON + 3_600_000));
    }
  });

  describe.each([200, 201])("a Response with status %i and the JSON of", (status) => {
    it.each(SHAPES)("%s", async (_, make) => {
      const session = creating(async () => Response.json(make(), { status }));
      expect(await session.getToken()).toBe(grant().token);
      expect(session.refreshTokenExpiresAt).toEqual(new Date(NOON + 3_600_000));
    });
  });

  it("a Response of the caller's own, which has no more than ok, status, headers and json", async () => {
    const headers = { get: () => null };
    const ok = creating({ ok: true, status: 200, headers, json: async () => grant() });
    expect(await ok.getToken()).toBe(grant().token);
    const refusal = { ok: false, status: 403, headers, json: async () => ({ errors: [{ title: "No" }] }) };
    expect(await rejection(creating(refusal).getToken())).toMatchObject({
      code: "forbidden",
      errors: [{ title: "No" }],
    });
  });

  it("a Response whose body never ends is given up with its attempt", async () => {
    const session = creating(async () => new Response(new ReadableStream()));
    const waiting = rejection(session.getToken());
    await sleep(15_000);
    expect(await waiting).toMatchObject({ code: "timeout" });
  });
});

describe("what refresh may give", () => {
  const token = jwt(NOON / 1000, 600, "new");
  const tokenExpiresAt = new Date(NOON + 600_000).toISOString();
  it.each([
    ["a token with its expiry", { token, tokenExpiresAt }],
    ["a token with a Date", { token, tokenExpiresAt: new Date(tokenExpiresAt) }],
    ["Telnyx's answer", { data: { token, token_expires_at: tokenExpiresAt } }],
    ["its data", { token, token_expires_at: tokenExpiresAt }],
    ["a Response", Response.json({ data: { token, token_expires_at: tokenExpiresAt } }, { status: 201 })],
    [
      "a whole grant, whose refresh token is ignored",
      { token, tokenExpiresAt, refreshToken: "other", refreshTokenExpiresAt: tokenExpiresAt },
    ],
  ])("%s", async (_, answer) => {
    const session = open(new Server(), { refresh: () => answer });
    const { refreshToken, refreshTokenExpiresAt } = session.grant ?? {};
    expect(await session.getToken({ forceRefresh: true })).toBe(token);
    expect(session.grant).toMatchObject({ token, refreshToken, refreshTokenExpiresAt });
  });
});

describe("what the grant option may be", () => {
  it.each(SHAPES)("%s", (_, make) => {
    const server = new Server();
    const session = open(server, { grant: make() as RoomTokenGrantInput });
    expect(session.grant?.token).toBe(grant().token);
    expect(session.refreshTokenExpiresAt).toEqual(new Date(NOON + 3_600_000));
  });
});

describe("an answer that is none of these is transient, and the error names what is wrong", () => {
  const read = () => {
    const response = Response.json(grant());
    response.text().catch(() => {});
    return response;
  };
  const { token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt } = grant();
  it.each<[string, () => unknown]>([
    ["undefined", () => undefined],
    ["null", () => null],
    ["a string", () => "token"],
    ["a number", () => 5],
    ["no token", () => ({})],
    ["no token", () => ({ data: {} })],
    ["undefined", () => ({ data: undefined })],
    ["no refreshToken", () => ({ token })],
    ["no refreshToken", () => ({ token, tokenExpiresAt })],
    ["no refreshToken", () => ({ token, tokenExpiresAt: "…" })],
    ["no refreshToken", () => ({ data: { token, token_expires_at: tokenExpiresAt } })],
    ["no refreshTokenExpiresAt", () => ({ token, tokenExpiresAt, refreshToken })],
    ["no tokenExpiresAt", () => ({ token, refreshToken, refreshTokenExpiresAt })],
    [
      "a tokenExpiresAt that is not an RFC 3339 time",
      () => ({ token, tokenExpiresAt: "soon", refreshToken, refreshTokenExpiresAt }),
    ],
    [
      "a refreshTokenExpiresAt that is not an RFC 3339 time",
      () => ({ token, tokenExpiresAt, refreshToken, refreshTokenExpiresAt: new Date(Number.NaN) }),
    ],
    [
      "a tokenExpiresAt that is not an RFC 3339 time",
      () => ({ token, tokenExpiresAt: new Date(Number.NaN), refreshToken, refreshTokenExpiresAt }),
    ],
    ...["", 5].map((bad): [string, () => unknown] => [
      "a token that is not a non-empty string",
      () => ({ token: bad, tokenExpiresAt, refreshToken, refreshTokenExpiresAt }),
    ]),
    [
      "a refreshToken that is not a non-empty string",
      () => ({ token, tokenExpiresAt, refreshToken: "", refreshTokenExpiresAt }),
    ],
    [
      "a dead token",
      () => ({ token: jwt(NOON / 1000, 1, "dead"), tokenExpiresAt, refreshToken, refreshTokenExpiresAt }),
    ],
    ["a promise", () => ({ data: Promise.resolve(grant()) })],
    ["a Response whose body was not read", () => ({ data: Response.json(grant()) })],
    ["a Response whose body was already read", read],
    ["a Response with status 200 whose body is no JSON", () => new Response("<html>Log in")],
    ["a Response with status 204 whose body is no JSON", () => new Response(null, { status: 204 })],
    ["no token", () => Response.json({ ok: true })],
    ["null", () => Response.json(null)],
  ])("%s (%#)", async (words, make) => {
    const calls: number[] = [];
    const session = creating(async () => make(), calls);
    session.start();
    expect(await rejection(session.getToken())).toMatchObject({
      code: "invalid_response",
      message: `The session's create gave ${words}`,
      operation: "create",
      retryable: true,
    });
    await sleep(1000);
    expect(calls).toEqual([0, 500]);
    expect(session.state).toBe("idle");
  });

  it("a Response that cannot be read, as one of a foreign realm may be", async () => {
    const json = vi.fn(() => Promise.reject(new Error("gone")));
    const session = creating({ ok: true, status: 200, headers: { get: () => null }, json });
    expect(await rejection(session.getToken())).toMatchObject({
      message: "The session's create gave a Response with status 200 whose body is no JSON",
    });
  });
});
