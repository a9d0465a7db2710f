import { runInNewContext } from "node:vm";
import { describe, expect, it, vi } from "vitest";
import { isRoomTokenError, RoomTokenSession, type RoomTokenSessionOptions } from "../../src/session/index.ts";
import { NOON, open, rejection, Server, useFakeTime } from "./support.ts";

useFakeTime();
const server = new Server();
const good = { create: server.create };

function thrownBy(options: unknown): unknown {
  try {
    new RoomTokenSession(options as RoomTokenSessionOptions);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("the constructor", () => {
  it.each([
    ["options", undefined],
    ["options", null],
    ["options", 5],
    ["create", {}],
    ["create", { refresh: server.refresh }],
    ["create", { grant: new Server().grant() }],
    ["grant", { ...good, grant: null }],
    ["grant", { ...good, grant: {} }],
    ["grant", { ...good, grant: JSON.stringify(new Server().grant()) }],
    ["grant.receivedAt", { ...good, grant: { ...new Server().grant(), receivedAt: "now" } }],
    ["grant.receivedAt", { ...good, grant: { ...new Server().grant(), receivedAt: Number.NaN } }],
    [
      "grant.receivedAt",
      { ...good, grant: { ...new Server().grant(), receivedAt: Number.NEGATIVE_INFINITY } },
    ],
    ["create", { ...good, create: "x" }],
    ["refresh", { ...good, refresh: null }],
    ["tokenTtlSecs", { ...good, tokenTtlSecs: 1.5 }],
    ["timeoutMs", { ...good, timeoutMs: 0 }],
    ["timeoutMs", { ...good, timeoutMs: 2 ** 31 }],
  ])("refuses a bad %s and names it (%#)", (argument, options) => {
    const error = thrownBy(options);
    if (!isRoomTokenError(error)) throw new Error("expected a RoomTokenError");
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toMatch(new RegExp(`^${argument} must be `));
  });

  it.each([
    ["no refreshToken", { refreshToken: undefined }],
    ["a token that is not a non-empty string", { token: "" }],
    ["a refreshToken that is not a non-empty string", { refreshToken: 5 }],
    ["a tokenExpiresAt that is not an RFC 3339 time", { tokenExpiresAt: "soon" }],
    ["a refreshTokenExpiresAt that is not an RFC 3339 time", { refreshTokenExpiresAt: new Date(Number.NaN) }],
  ])("refuses a grant with %s, and says so", (given, change) => {
    expect(thrownBy({ ...good, grant: { ...new Server().grant(), ...change } })).toMatchObject({
      code: "invalid_argument",
      message: `grant must be a grant (given: ${given})`,
    });
  });

  it("never shows the token of a grant that it refuses", () => {
    const grant = { ...new Server().grant(), refreshToken: 5 };
    expect(String(thrownBy({ ...good, grant }))).not.toContain(grant.token);
  });

  it("lets what a grant of the caller's own throws come through as it is", () => {
    const own = new Error("mine");
    const grant = {
      get token() {
        throw own;
      },
    };
    expect(thrownBy({ ...good, grant })).toBe(own);
  });

  it("takes a grant with Dates, also of another window, and one with the strings of its JSON", () => {
    const text = new Server().grant();
    const dates = {
      ...text,
      tokenExpiresAt: new Date(text.tokenExpiresAt),
      refreshTokenExpiresAt: new Date(text.refreshTokenExpiresAt),
    };
    const foreign = {
      ...text,
      tokenExpiresAt: runInNewContext("new Date(time)", { time: text.tokenExpiresAt }),
      refreshTokenExpiresAt: runInNewContext("new Date(time)", { time: text.refreshTokenExpiresAt }),
    };
    for (const grant of [text, dates, foreign]) {
      const session = new RoomTokenSession({ refresh: server.refresh, grant });
      expect(session.tokenExpiresAt).toEqual(new Date(NOON + 600_000));
      expect(session.refreshTokenExpiresAt).toEqual(new Date(NOON + 3_600_000));
      expect(session.grant).toMatchObject({ token: text.token, refreshToken: text.refreshToken });
    }
  });

  it("leaves the options as they are", () => {
    const options = Object.freeze({ ...good, grant: Object.freeze(new Server().grant()) });
    const before = JSON.stringify(options);
    new RoomTokenSession(options);
    expect(JSON.stringify(options)).toBe(before);
  });

  it("reads each of them once", () => {
    const read: PropertyKey[] = [];
    const grant = new Server().grant();
    const options = new Proxy(
      { ...good, grant },
      {
        get(target, name, receiver) {
          read.push(name);
          return Reflect.get(target, name, receiver);
        },
      },
    );
    new RoomTokenSession(options);
    expect(read).toContain("grant");
    expect(new Set(read).size).toBe(read.length);
  });

  it("reads no environment", () => {
    vi.stubEnv("TELNYX_BASE_URL", "not a url");
    expect(thrownBy(good)).toBeUndefined();
    vi.unstubAllEnvs();
  });
});

describe("an unknown option", () => {
  it.each(["Grant", "tokenTTL", "timeout"])("of the session is refused with the known ones: %s", (name) => {
    expect(thrownBy({ ...good, [name]: 5 })).toMatchObject({
      code: "invalid_argument",
      message: `options must not contain "${name}"; it may contain grant, create, refresh, tokenTtlSecs, timeoutMs`,
    });
  });

  it.each(["min_validity_ms", "force"])("of getToken is refused with the known ones: %s", async (name) => {
    const error = await rejection(open(new Server()).getToken({ [name]: 5 }));
    expect(error).toMatchObject({
      code: "invalid_argument",
      message: `options must not contain "${name}"; it may contain minValidityMs, forceRefresh, signal`,
    });
  });
});
