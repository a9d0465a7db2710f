import { describe, expect, it, vi } from "vitest";
import { RoomTokenSession, type RoomTokenSessionOptions } from "../../src/session/index.ts";
import { rejection, setUp, useFakeTime } from "./support.ts";

useFakeTime();

const GRANT = {
  token: "opaque-token",
  tokenExpiresAt: "2026-11-22T12:10:00.000Z",
  refreshToken: "refresh-token",
};
const create = () => GRANT;
const make = (options: unknown) => () => new RoomTokenSession(options as RoomTokenSessionOptions);
const NEEDS = "options must contain either endpoint, or create, or refresh and a grant with a refreshToken";
const TIMEOUT = "timeoutMs must be a number of milliseconds above 0, at most 2147483647";
const NOT_FILLED = "that is not a non-empty string";
const KNOWN = "it may contain endpoint, create, refresh, grant, timeoutMs, onAttempt";

describe("the constructor refuses", () => {
  it.each<[unknown, string]>([
    [undefined, "options must be an object"],
    [null, "options must be an object"],
    ["/rooms/1/token", "options must be an object"],
    [{}, NEEDS],
    [{ refresh: create }, NEEDS],
    [{ grant: GRANT }, NEEDS],
    [{ refresh: create, grant: { ...GRANT, refreshToken: undefined } }, NEEDS],
    [{ endpoint: "" }, "endpoint must be a non-empty string"],
    [{ endpoint: new URL("http://127.0.0.1/") }, "endpoint must be a non-empty string"],
    [{ endpoint: "/x", create }, NEEDS],
    [{ endpoint: "/x", refresh: create }, NEEDS],
    [{ create: "/x" }, "create must be a function"],
    [{ create, refresh: null }, "refresh must be a function"],
    [{ create, onAttempt: {} }, "onAttempt must be a function"],
    [{ create, timeoutMs: 0 }, TIMEOUT],
    [{ create, timeoutMs: 2 ** 31 }, TIMEOUT],
    [{ create, grant: null }, "grant must be a grant (given: null)"],
    [{ create, grant: {} }, "grant must be a grant (given: no token)"],
    [{ create, grant: { token: "t" } }, "grant must be a grant (given: no tokenExpiresAt)"],
    [{ create, grant: JSON.stringify(GRANT) }, "grant must be a grant (given: a string)"],
    [
      { create, grant: { ...GRANT, refreshToken: 5 } },
      `grant must be a grant (given: a refreshToken ${NOT_FILLED})`,
    ],
    [{ create, tokenTtlSecs: 60 }, `options must not contain "tokenTtlSecs"; ${KNOWN}`],
    [{ endPoint: "/x" }, `options must not contain "endPoint"; ${KNOWN}`],
  ])("%j: %s", (options, message) => {
    expect(make(options)).toThrow(expect.objectContaining({ code: "invalid_argument", message }));
  });

  it("options that cannot be read", () => {
    const bomb = () => {
      throw new Error("theirs");
    };
    const hostile = new Proxy({}, { get: bomb });
    for (const options of [Object.defineProperty({}, "create", { get: bomb }), hostile]) {
      expect(make(options)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    }
    expect(make({ create, grant: hostile })).toThrow("grant must be a grant (given: no token)");
  });
});

describe("getToken refuses", () => {
  const VALIDITY = "minValidityMs must be a number of milliseconds, 0 or more";
  const MEMBERS = "it may contain minValidityMs, forceRefresh, signal";
  it.each<[unknown, string]>([
    [null, "options must be an object"],
    [AbortSignal.abort(), "options must be an object"],
    [{ minValidityMs: -1 }, VALIDITY],
    [{ minValidityMs: Number.NaN }, VALIDITY],
    [{ minValidityMs: "60" }, VALIDITY],
    [{ forceRefresh: 1 }, "forceRefresh must be true or false"],
    [{ signal: {} }, "signal must be an AbortSignal"],
    [{ minValidity: 5 }, `options must not contain "minValidity"; ${MEMBERS}`],
  ])("%j: %s", async (options, message) => {
    const { server, session } = setUp();
    const error = await rejection(session.getToken(options as never));
    expect(error).toMatchObject({ code: "invalid_argument", message });
    expect(server.count).toBe(0);
  });

  it("no default, and nothing that is undefined", async () => {
    const { session } = setUp();
    const options = { minValidityMs: undefined, forceRefresh: undefined, signal: undefined };
    const token = await session.getToken(options);
    expect(await session.getToken({ minValidityMs: 0, forceRefresh: false })).toBe(token);
  });
});

describe("the constructor", () => {
  it("reads each option once, and leaves them as they are", () => {
    const read: PropertyKey[] = [];
    const options = new Proxy(Object.freeze({ create, grant: Object.freeze(GRANT) }), {
      get(target, name) {
        read.push(name);
        return Reflect.get(target, name);
      },
    });
    make(options)();
    expect(read).toContain("grant");
    expect(new Set(read).size).toBe(read.length);
  });

  it("makes no request, no timer and no random number, and without a grant reads no clock", () => {
    const forbidden = () => {
      throw new Error("forbidden at load");
    };
    for (const name of ["setTimeout", "fetch", "crypto", "addEventListener"]) vi.stubGlobal(name, forbidden);
    vi.spyOn(Math, "random").mockImplementation(forbidden);
    make({ create, grant: GRANT })();
    vi.spyOn(Date, "now").mockImplementation(forbidden);
    vi.spyOn(performance, "now").mockImplementation(forbidden);
    for (const session of [make({ create })(), make({ endpoint: "/x" })()]) {
      expect(session.getSnapshot().state).toBe("idle");
      expect(session.tokenValidForMs).toBe(0);
      session.subscribe(() => {})();
    }
  });

  it("takes a grant with a Date, also where Date.prototype.toJSON was replaced", () => {
    const { tokenExpiresAt, ...grant } = GRANT;
    vi.spyOn(Date.prototype, "toJSON").mockReturnValue("theirs");
    const session = make({ create, grant: { ...grant, tokenExpiresAt: new Date(tokenExpiresAt) } })();
    expect(session.grant).toEqual({ ...grant, tokenExpiresAt });
  });
});

describe("a bare platform is enough", () => {
  // Not undefined: Vitest itself sets process.nextTick now and then.
  const process = {};
  const BARE = { document: undefined, performance: undefined, URL: undefined, process };
  it.each([
    ["without document, performance and URL, and with an empty process", BARE],
    ["with a window that cannot be listened to, as on React Native", { window: {} }],
    ["with a document alone, as in some tests", { document: new EventTarget() }],
  ])("%s", async (_, globals) => {
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    const { session } = setUp();
    session.start();
    expect(await session.getToken()).toMatch(/^ey/);
    session.stop();
    expect(session.getSnapshot().state).toBe("ready");
  });
});
