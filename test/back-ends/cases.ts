/** What every back end has to do, whatever framework it is written with. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type SandboxServer, startServer } from "../../src/sandbox/server.ts";
import type { BackEnd } from "./program.ts";

export const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const API_KEY = "KEY_canary_0123456789";
/** Much longer than `createTokenResponse` waits. */
const SLOW_MS = 60_000;
const ANN = "theme=dark; login=ann";
const TITLE = expect.stringMatching(/^[A-Z][\w ,]+\.$/);

/** What a back end finds in its environment. */
type Environment = Readonly<Record<"TELNYX_API_KEY" | "TELNYX_BASE_URL", string>>;

/** Starts a back end that logs users in by the cookie `login`, and lets ann join. */
export type Start = (env: Environment) => Promise<BackEnd>;

interface Ask {
  readonly roomId?: string;
  readonly cookie?: string;
  readonly body?: string;
}

async function ask(url: string, { roomId = ROOM_ID, cookie = ANN, body = "{}" }: Ask = {}) {
  const response = await fetch(`${url}/rooms/${roomId}/token`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body,
    redirect: "manual",
  });
  const text = await response.text();
  expect(response.headers.get("content-type"), text).toMatch(/^application\/json/);
  const json: Record<string, string> = JSON.parse(text);
  return { status: response.status, headers: response.headers, body: json };
}

/** Runs the back end for the tests of a `describe`, in front of a sandbox of its own. */
export function runBackEnd(start: Start): { sandbox: () => SandboxServer; backEnd: () => BackEnd } {
  let sandbox: SandboxServer;
  let backEnd: BackEnd;
  beforeAll(async () => {
    sandbox = await startServer({ apiKey: API_KEY, roomIds: [ROOM_ID] });
    backEnd = await start({ TELNYX_API_KEY: API_KEY, TELNYX_BASE_URL: sandbox.url });
  });
  afterAll(async () => {
    await backEnd?.stop();
    await sandbox?.close();
  });
  return { sandbox: () => sandbox, backEnd: () => backEnd };
}

/** The tests of a back end whose pages get tokens only. */
export function describeBackEnd(title: string, start: Start): void {
  describe(title, () => {
    const { sandbox, backEnd } = runBackEnd(start);
    const secrets: string[] = [API_KEY];
    beforeEach(() => sandbox().reset());

    test.each<[number, string, Ask]>([
      [401, "nobody is logged in", { cookie: "theme=dark" }],
      [403, "the user may not join", { cookie: "login=eve" }],
      [400, "the room's id is no UUID", { roomId: "lobby" }],
      [400, "the room's id is a path", { roomId: "..%2f..%2fx" }],
    ])("%d, and Telnyx is not asked: %s", async (status, _, request) => {
      expect(await ask(backEnd().url, request)).toMatchObject({ status, body: { title: TITLE } });
      expect(sandbox().requestCount).toBe(0);
    });

    test("201: a token that the room accepts, no refresh token, nothing stored", async () => {
      const { status, headers, body } = await ask(backEnd().url);
      expect({ status, cache: headers.get("cache-control") }).toEqual({ status: 201, cache: "no-store" });
      expect(Object.keys(body).sort()).toEqual(["token", "tokenExpiresAt"]);
      expect(sandbox().accepts(String(body["token"]))).toBe(true);
      secrets.push(String(body["token"]));
    });

    test("429: what Telnyx asks for reaches the page, and what went wrong the log", async () => {
      sandbox().failNext({ status: 429, headers: { "retry-after": "17" } });
      const { status, headers, body } = await ask(backEnd().url);
      expect({ status, body }).toEqual({ status: 429, body: { title: TITLE } });
      expect(headers.get("retry-after")).toBe("17");
      const requestId = headers.get("x-request-id") ?? "none";
      await vi.waitUntil(() => backEnd().output().includes(requestId), { timeout: 20_000 });
    });

    test("504: Telnyx is slow", async () => {
      sandbox().set({ latencyMs: SLOW_MS });
      expect(await ask(backEnd().url)).toMatchObject({ status: 504, body: { title: TITLE } });
    });

    test("after all that it is alive, and no secret is in its log", async () => {
      expect((await ask(backEnd().url)).status).toBe(201);
      expect(secrets).toHaveLength(2);
      for (const secret of secrets) expect(backEnd().output()).not.toContain(secret);
    });
  });
}

/** The tests of a back end whose pages hold refresh tokens: what differs. */
export function describeRequestBody(title: string, start: Start): void {
  describe(`${title}, with requestBody`, () => {
    const { sandbox, backEnd } = runBackEnd(start);
    beforeEach(() => sandbox().reset());

    const operations = () => sandbox().requests.map(({ operation }) => operation);
    /** A new grant, and what asks for a token with its refresh token. */
    const createGrant = async () => {
      const { body: grant } = await ask(backEnd().url);
      return { grant, body: JSON.stringify({ refreshToken: grant["refreshToken"] }) };
    };

    test("a page gets a refresh token, and a new token for it", async () => {
      const { grant, body } = await createGrant();
      const names = ["refreshToken", "refreshTokenExpiresAt", "token", "tokenExpiresAt"];
      expect(Object.keys(grant).sort()).toEqual(names);
      const renewed = await ask(backEnd().url, { body });
      expect(renewed.status).toBe(201);
      expect(Object.keys(renewed.body).sort()).toEqual(["token", "tokenExpiresAt"]);
      expect(sandbox().accepts(String(renewed.body["token"]))).toBe(true);
      expect(operations()).toEqual(["create", "refresh"]);
    });

    test("401 and 403: a refresh token alone opens nothing", async () => {
      const { body } = await createGrant();
      expect((await ask(backEnd().url, { body, cookie: "" })).status).toBe(401);
      expect((await ask(backEnd().url, { body, cookie: "login=eve" })).status).toBe(403);
      expect(sandbox().requestCount).toBe(1);
    });

    test("403: a revoked refresh token, which never becomes a new grant", async () => {
      const { body } = await createGrant();
      sandbox().revokeRefreshTokens();
      expect(await ask(backEnd().url, { body })).toMatchObject({ status: 403, body: { title: TITLE } });
      expect(operations()).toEqual(["create", "refresh"]);
    });

    test.each([
      '{"refreshToken":"CANARY-refresh',
      "CANARY-refresh",
      '["CANARY-refresh"]',
      '"CANARY-refresh"',
      '{"refreshToken":{"CANARY":1}}',
    ])("400: the body %s, which is not logged", async (body) => {
      expect((await send(body)).status).toBe(400);
      expect(backEnd().output()).not.toContain("CANARY");
      expect(sandbox().requestCount).toBe(0);
    });

    test("a request without a body asks for a grant", async () => {
      const { status, text } = await send(undefined);
      expect(status, text).toBe(201);
      expect(Object.keys(JSON.parse(text))).toContain("refreshToken");
    });

    test("after all that it is alive, and no refresh token is in its log", async () => {
      const { grant, body } = await createGrant();
      sandbox().failNext({ status: 500 });
      expect((await ask(backEnd().url, { body })).status).toBe(502);
      await vi.waitUntil(() => backEnd().output().includes("500"), { timeout: 20_000 });
      expect(backEnd().output()).not.toContain(grant["refreshToken"]);
    });

    /** Sends what may be no JSON: a framework may answer that itself, in its own form. */
    async function send(body: string | undefined): Promise<{ status: number; text: string }> {
      const headers = { cookie: ANN, ...(body !== undefined && { "content-type": "application/json" }) };
      const url = `${backEnd().url}/rooms/${ROOM_ID}/token`;
      const response = await fetch(url, { method: "POST", headers, ...(body !== undefined && { body }) });
      return { status: response.status, text: await response.text() };
    }
  });
}

/** The tests of a back end whose login and rule nobody has filled in yet. */
export function describeUnfilled(title: string, start: Start): void {
  describe(`${title}, as it stands`, () => {
    const { sandbox, backEnd } = runBackEnd(start);

    test("it refuses everybody", async () => {
      for (const cookie of [ANN, "login=eve", ""])
        expect(await ask(backEnd().url, { cookie })).toMatchObject({ status: 401, body: { title: TITLE } });
      expect(sandbox().requestCount).toBe(0);
    });
  });
}
