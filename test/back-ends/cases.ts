/** What every back end has to do, whatever framework it is written with. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type SandboxServer, startServer } from "../../src/sandbox/server.ts";
import type { BackEnd } from "./program.ts";

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const API_KEY = "KEY_canary_0123456789";
/** Much longer than `createTokenResponse` waits. */
const SLOW_MS = 60_000;
const ANN = "theme=dark; login=ann";
const TITLE = expect.stringMatching(/^[A-Z][\w ,]+\.$/);

/** Starts a back end, in this environment, that logs users in by the cookie `login`, and lets ann join. */
export type Start = (env: Readonly<Record<"TELNYX_API_KEY" | "TELNYX_BASE_URL", string>>) => Promise<BackEnd>;

interface Ask {
  readonly roomId?: string;
  readonly cookie?: string;
  /** Null for a request without a body. */
  readonly body?: string | null;
  /** @default JSON */
  readonly type?: string;
}

/** Runs the back end for the tests of a `describe`, in front of a sandbox of its own; `ask` is what a page does. */
function useBackEnd(start: Start) {
  const given = {} as { sandbox: SandboxServer; backEnd: BackEnd };
  beforeAll(async () => {
    given.sandbox = await startServer({ apiKey: API_KEY, roomIds: [ROOM_ID] });
    given.backEnd = await start({ TELNYX_API_KEY: API_KEY, TELNYX_BASE_URL: given.sandbox.url });
  });
  beforeEach(() => given.sandbox.reset());
  afterAll(async () => {
    await given.backEnd?.stop();
    await given.sandbox?.close();
  });

  const ask = async ({
    roomId = ROOM_ID,
    cookie = ANN,
    body = "{}",
    type = "application/json",
  }: Ask = {}) => {
    const headers = { cookie, ...(body !== null && { "content-type": type }) };
    const url = `${given.backEnd.url}/rooms/${roomId}/token`;
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
    const isJson = /^application\/json/.test(response.headers.get("content-type") ?? "");
    const json: Record<string, string> = isJson ? await response.json() : {};
    return { status: response.status, headers: response.headers, body: json };
  };
  return { given, ask };
}

/** The tests of a back end whose pages get tokens only. */
export function describeBackEnd(title: string, start: Start): void {
  describe(title, () => {
    const { given, ask } = useBackEnd(start);
    const secrets: string[] = [API_KEY];

    test.each<[number, string, Ask]>([
      [401, "nobody is logged in", { cookie: "theme=dark" }],
      [403, "the user may not join", { cookie: "login=eve" }],
      [400, "the room's id is no UUID", { roomId: "lobby" }],
      [400, "the room's id is a path", { roomId: "..%2f..%2fx" }],
    ])("%d, and Telnyx is not asked: %s", async (status, _, request) => {
      expect(await ask(request)).toMatchObject({ status, body: { title: TITLE } });
      expect(given.sandbox.requestCount).toBe(0);
    });

    test("201: a token that the room accepts, no refresh token, nothing stored", async () => {
      const { status, headers, body } = await ask();
      expect({ status, cache: headers.get("cache-control") }).toEqual({ status: 201, cache: "no-store" });
      expect(Object.keys(body).sort()).toEqual(["token", "tokenExpiresAt"]);
      expect(given.sandbox.accepts(String(body["token"]))).toBe(true);
      secrets.push(String(body["token"]));
    });

    test("429: what Telnyx asks for reaches the page, and what went wrong the log", async () => {
      given.sandbox.failNext({ status: 429, headers: { "retry-after": "17" } });
      const { status, headers, body } = await ask();
      expect({ status, body }).toEqual({ status: 429, body: { title: TITLE } });
      expect(headers.get("retry-after")).toBe("17");
      const requestId = headers.get("x-request-id") ?? "none";
      await vi.waitUntil(() => given.backEnd.output().includes(requestId), { timeout: 20_000 });
    });

    test("504: Telnyx is slow", async () => {
      given.sandbox.set({ latencyMs: SLOW_MS });
      expect(await ask()).toMatchObject({ status: 504, body: { title: TITLE } });
    });

    test("after all that it is alive, and no secret is in its log", async () => {
      expect((await ask()).status).toBe(201);
      expect(secrets).toHaveLength(2);
      for (const secret of secrets) expect(given.backEnd.output()).not.toContain(secret);
    });
  });
}

/** The tests of a back end whose pages hold refresh tokens: what differs. */
export function describeRequestBody(title: string, start: Start, readsJsonOnly = false): void {
  describe(`${title}, with requestBody`, () => {
    const { given, ask } = useBackEnd(start);

    const operations = () => given.sandbox.requests.map(({ operation }) => operation);
    /** A new grant, and what asks for a token with its refresh token. */
    const createGrant = async () => {
      const { body: grant } = await ask();
      return { grant, body: JSON.stringify({ refreshToken: grant["refreshToken"] }) };
    };

    test("a page gets a refresh token, and a new token for it", async () => {
      const { grant, body } = await createGrant();
      const names = ["refreshToken", "refreshTokenExpiresAt", "token", "tokenExpiresAt"];
      expect(Object.keys(grant).sort()).toEqual(names);
      const renewed = await ask({ body });
      expect(renewed.status).toBe(201);
      expect(Object.keys(renewed.body).sort()).toEqual(["token", "tokenExpiresAt"]);
      expect(given.sandbox.accepts(String(renewed.body["token"]))).toBe(true);
      expect(operations()).toEqual(["create", "refresh"]);
    });

    test("401 and 403: a refresh token alone opens nothing", async () => {
      const { body } = await createGrant();
      expect((await ask({ body, cookie: "" })).status).toBe(401);
      expect((await ask({ body, cookie: "login=eve" })).status).toBe(403);
      expect(given.sandbox.requestCount).toBe(1);
    });

    test("403: a revoked refresh token, which never becomes a new grant", async () => {
      const { body } = await createGrant();
      given.sandbox.revokeRefreshTokens();
      expect(await ask({ body })).toMatchObject({ status: 403, body: { title: TITLE } });
      expect(operations()).toEqual(["create", "refresh"]);
    });

    test.each([
      '{"refreshToken":"CANARY-refresh',
      "CANARY-refresh",
      '["CANARY-refresh"]',
      '"CANARY-refresh"',
      '{"refreshToken":{"CANARY":1}}',
    ])("400: the body %s, which is not logged", async (body) => {
      expect((await ask({ body })).status).toBe(400); // a framework may say so in its own form
      expect(given.backEnd.output()).not.toContain("CANARY");
      expect(given.sandbox.requestCount).toBe(0);
    });

    if (!readsJsonOnly)
      test("a refresh token is found in a body that is not sent as JSON, too", async () => {
        const { body } = await createGrant();
        expect((await ask({ body, type: "text/plain" })).status).toBe(201);
        expect(operations()).toEqual(["create", "refresh"]);
      });

    test("a request without a body asks for a grant", async () => {
      const { status, body } = await ask({ body: null });
      expect(status).toBe(201);
      expect(body).toHaveProperty("refreshToken");
    });

    test("after all that it is alive, and no refresh token is in its log", async () => {
      const { grant, body } = await createGrant();
      given.sandbox.failNext({ status: 500 });
      expect((await ask({ body })).status).toBe(502);
      await vi.waitUntil(() => given.backEnd.output().includes("500"), { timeout: 20_000 });
      expect(given.backEnd.output()).not.toContain(grant["refreshToken"]);
    });
  });
}

/** The tests of a back end whose login and rule nobody has filled in yet. */
export function describeUnfilled(title: string, start: Start): void {
  describe(`${title}, as it stands`, () => {
    const { given, ask } = useBackEnd(start);

    test("it refuses everybody", async () => {
      for (const cookie of [ANN, "login=eve", ""])
        expect(await ask({ cookie })).toMatchObject({ status: 401, body: { title: TITLE } });
      expect(given.sandbox.requestCount).toBe(0);
    });
  });
}
