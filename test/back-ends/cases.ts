/** What every back end has to do, whatever framework it is written with. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type SandboxServer, startServer } from "../../src/sandbox/server.ts";
import type { BackEnd } from "./program.ts";

export const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const UNKNOWN_ROOM_ID = "00000000-0000-4000-8000-000000000000";
const API_KEY = "KEY_canary_0123456789";
/** Much longer than `createTokenResponse` waits. */
const SLOW_MS = 60_000;
const ANN = "theme=dark; login=ann";
const TITLE = expect.stringMatching(/^[A-Z][\w ,]+\.$/);

/** What a back end finds in its environment. */
type Environment = Readonly<Record<"TELNYX_API_KEY" | "TELNYX_BASE_URL", string>>;

/** Starts a back end that logs users in by the cookie `login`, and lets ann join. */
export type Start = (env: Environment) => Promise<BackEnd>;

interface PageResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, string>;
}

interface Ask {
  readonly roomId?: string;
  readonly cookie?: string;
  readonly body?: string | undefined;
}

async function ask(
  url: string,
  { roomId = ROOM_ID, cookie = ANN, body = "{}" }: Ask = {},
): Promise<PageResponse> {
  const response = await fetch(`${url}/rooms/${roomId}/token`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body,
    redirect: "manual",
  });
  const text = await response.text();
  expect(response.headers.get("content-type"), text).toMatch(/^application\/json/);
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
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

    test("401: nobody is logged in, and Telnyx is not asked", async () => {
      expect(await ask(backEnd().url, { cookie: "theme=dark" })).toMatchObject({
        status: 401,
        body: { title: TITLE },
      });
      expect(sandbox().requestCount).toBe(0);
    });

    test("403: the user may not join, and Telnyx is not asked", async () => {
      expect(await ask(backEnd().url, { cookie: "login=eve" })).toMatchObject({
        status: 403,
        body: { title: TITLE },
      });
      expect(sandbox().requestCount).toBe(0);
    });

    test("201: a token that the room accepts, no refresh token, nothing stored", async () => {
      const { status, headers, body } = await ask(backEnd().url);
      expect({ status, cache: headers.get("cache-control") }).toEqual({ status: 201, cache: "no-store" });
      expect(Object.keys(body).sort()).toEqual(["token", "tokenExpiresAt"]);
      expect(sandbox().accepts(String(body["token"]))).toBe(true);
      secrets.push(String(body["token"]));
    });

    test("400: a room id that is no UUID never reaches Telnyx", async () => {
      for (const roomId of ["lobby", "..%2f..%2fx"])
        expect(await ask(backEnd().url, { roomId })).toMatchObject({ status: 400, body: { title: TITLE } });
      expect(sandbox().requestCount).toBe(0);
    });

    test("404: an unknown room", async () => {
      const response = await ask(backEnd().url, { roomId: UNKNOWN_ROOM_ID });
      expect(response).toMatchObject({ status: 404, body: { title: TITLE } });
    });

    test("502: Telnyx is down", async () => {
      sandbox().set({ dropConnections: true });
      expect(await ask(backEnd().url)).toMatchObject({ status: 502, body: { title: TITLE } });
    });

    test("502: Telnyx answers 503, and is asked once", async () => {
      sandbox().failNext({ status: 503, times: 9 });
      expect(await ask(backEnd().url)).toMatchObject({ status: 502, body: { title: TITLE } });
      expect(sandbox().requestCount).toBe(1);
    });

    test("429: with the time to wait", async () => {
      sandbox().failNext({ status: 429, headers: { "retry-after": "17" } });
      const { status, headers } = await ask(backEnd().url);
      expect({ status, retryAfter: headers.get("retry-after") }).toEqual({ status: 429, retryAfter: "17" });
    });

    test("502: a wrong key does not log the user out, and is in the log", async () => {
      sandbox().failNext({ status: 401 });
      const { status, headers, text } = await ask(backEnd().url);
      expect(status).toBe(502);
      expect(text).not.toMatch(/telnyx/i);
      const requestId = headers.get("x-request-id") ?? "none";
      await vi.waitUntil(() => backEnd().output().includes(requestId), { timeout: 20_000 });
    });

    test("504: Telnyx is slow", async () => {
      sandbox().set({ latencyMs: SLOW_MS });
      expect(await ask(backEnd().url)).toMatchObject({ status: 504, body: { title: TITLE } });
    });

    test("after all that it is alive, and no secret is in its log", async () => {
      expect(backEnd().isAlive()).toBe(true);
      expect((await ask(backEnd().url)).status).toBe(201);
      for (const secret of secrets) expect(backEnd().output()).not.toContain(secret);
      expect(secrets.length).toBeGreaterThan(1);
    });
  });
}

/** The tests of a back end whose pages hold refresh tokens: what differs. */
export function describeRequestBody(title: string, start: Start): void {
  describe(`${title}, with requestBody`, () => {
    const { sandbox, backEnd } = runBackEnd(start);
    beforeEach(() => sandbox().reset());

    const operations = () => sandbox().requests.map(({ operation }) => operation);
    const refresh = (refreshToken: unknown) => ask(backEnd().url, { body: JSON.stringify({ refreshToken }) });

    test("a page gets a refresh token, and a new token for it", async () => {
      const grant = await ask(backEnd().url);
      const names = ["refreshToken", "refreshTokenExpiresAt", "token", "tokenExpiresAt"];
      expect(Object.keys(grant.body).sort()).toEqual(names);
      const renewed = await refresh(grant.body["refreshToken"]);
      expect(renewed).toMatchObject({ status: 201 });
      expect(Object.keys(renewed.body).sort()).toEqual(["token", "tokenExpiresAt"]);
      expect(sandbox().accepts(String(renewed.body["token"]))).toBe(true);
      expect(operations()).toEqual(["create", "refresh"]);
    });

    test("401 and 403: a refresh token alone opens nothing", async () => {
      const { body } = await ask(backEnd().url);
      const request = { body: JSON.stringify({ refreshToken: body["refreshToken"] }) };
      expect((await ask(backEnd().url, { ...request, cookie: "" })).status).toBe(401);
      expect((await ask(backEnd().url, { ...request, cookie: "login=eve" })).status).toBe(403);
      expect(sandbox().requestCount).toBe(1);
    });

    test("403: an expired refresh token, which never becomes a new grant", async () => {
      const { body } = await ask(backEnd().url);
      sandbox().revokeRefreshTokens();
      expect(await refresh(body["refreshToken"])).toMatchObject({ status: 403, body: { title: TITLE } });
      expect(operations()).toEqual(["create", "refresh"]);
    });

    test.each([
      '{"refreshToken":"CANARY-refresh',
      "CANARY-refresh",
      '["CANARY-refresh"]',
      '"CANARY-refresh"',
    ])("400: the body %s", async (body) => {
      expect((await send(body)).status).toBe(400);
      expect(backEnd().output()).not.toContain("CANARY");
      expect(sandbox().requestCount).toBe(0);
    });

    test.each([7, "", { CANARY: 1 }])("400: the refresh token %j", async (refreshToken) => {
      const response = await refresh(refreshToken);
      expect(response.status).toBe(400);
      expect(response.text + backEnd().output()).not.toContain("CANARY");
      expect(sandbox().requestCount).toBe(0);
    });

    test("a request without a body asks for a grant", async () => {
      const { status, text } = await send(undefined);
      expect(status, text).toBe(201);
      expect(Object.keys(JSON.parse(text))).toContain("refreshToken");
    });

    test("after all that it is alive, and no refresh token is in its log", async () => {
      const { body } = await ask(backEnd().url);
      sandbox().failNext({ status: 500 });
      expect((await refresh(body["refreshToken"])).status).toBe(502);
      expect(backEnd().isAlive()).toBe(true);
      await vi.waitUntil(() => backEnd().output().includes("500"), { timeout: 20_000 });
      expect(backEnd().output()).not.toContain(body["refreshToken"]);
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
