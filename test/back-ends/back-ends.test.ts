import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FOLDER } from "../readme/snippets.ts";
import { type SandboxServer, startSandbox } from "../sandbox/index.ts";
import { openPage, PAGES } from "./pages.ts";
import { BACK_ENDS, type BackEnd, EXAMPLES } from "./programs.ts";

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const JSON_TYPE = "application/json";

describe.each(Object.entries(BACK_ENDS))("%s", (file, start) => {
  let sandbox: SandboxServer;
  let backEnd: BackEnd;

  beforeAll(async () => {
    sandbox = await startSandbox({ apiKey: "KEY_canary_0123456789", roomIds: [ROOM_ID] });
    backEnd = await start(sandbox);
  });
  beforeEach(() => {
    sandbox.reset();
    vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
  afterAll(async () => {
    await backEnd?.stop();
    await sandbox.close();
    rmSync(FOLDER, { recursive: true, force: true });
  });

  const create = (roomId: string = ROOM_ID, cookie = "theme=dark; login=ann") =>
    fetch(`${backEnd.url}/rooms/${roomId}/token`, { method: "POST", headers: { cookie } });

  const refresh = (body: string, cookie = "login=ann") =>
    fetch(`${backEnd.url}/rooms/${ROOM_ID}/token/refresh`, {
      method: "POST",
      headers: { cookie, "content-type": JSON_TYPE },
      body,
    });

  /** Expects an answer in JSON that no cache keeps, and gives its body. */
  async function bodyOf(response: Response, status: number): Promise<Record<string, unknown>> {
    const text = await response.text();
    expect(response.status, text).toBe(status);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toContain(JSON_TYPE);
    return JSON.parse(text);
  }

  test("it gives a grant to a user who may join, and renews its token", async () => {
    const grant = await bodyOf(await create(), 201);
    const names = ["refreshToken", "refreshTokenExpiresAt", "token", "tokenExpiresAt"];
    expect(Object.keys(grant).sort()).toEqual(names);
    expect(sandbox.accepts(String(grant["token"]))).toBe(true);

    const { refreshToken } = grant;
    const renewed = await bodyOf(await refresh(JSON.stringify({ refreshToken })), 201);
    expect(Object.keys(renewed).sort()).toEqual(["token", "tokenExpiresAt"]);
    expect(renewed["token"]).not.toBe(grant["token"]);
    expect(sandbox.accepts(String(renewed["token"]))).toBe(true);
  });

  test("it asks Telnyx for nothing on behalf of a stranger", async () => {
    for (const cookie of ["login=eve", ""]) {
      const told = { title: "You may not join this room." };
      expect(await bodyOf(await create(ROOM_ID, cookie), 403)).toEqual(told);
      expect(await bodyOf(await refresh('{"refreshToken":"stolen token"}', cookie), 403)).toEqual(told);
    }
    expect(sandbox.requestCount).toBe(0);
  });

  test("a body that is cut, or is not JSON, is a 400, and its refresh token is in no log and no answer", async () => {
    const logged = vi.mocked(console.error);
    for (const body of [
      '{"refreshToken":"CANARY-refresh',
      "CANARY-refresh",
      '["CANARY-refresh"]',
      "null",
      "5",
    ]) {
      const told = JSON.stringify(await bodyOf(await refresh(body), 400));
      expect(told + backEnd.output() + JSON.stringify(logged.mock.calls)).not.toContain("CANARY");
    }
    expect(sandbox.requestCount).toBe(0);
  });

  test("an unknown room is not found, and a room id that is no UUID never reaches Telnyx", async () => {
    const unknown = await bodyOf(await create("00000000-0000-4000-8000-000000000000"), 404);
    expect(unknown).toEqual({ title: "There is no such room." });
    await bodyOf(await create("lobby"), 400);
    expect(sandbox.requestCount).toBe(1);
  });

  test.each(["{}", '{"refreshToken":7}', "{"])(
    "a refresh with the body %s is a bad request",
    async (body) => {
      expect((await refresh(body)).status).toBe(400);
      expect(sandbox.requestCount).toBe(0);
    },
  );

  test("a dead refresh token is forbidden, so that the page creates anew", async () => {
    const { refreshToken } = await bodyOf(await create(), 201);
    sandbox.revokeRefreshTokens();
    await bodyOf(await refresh(JSON.stringify({ refreshToken })), 403);
  });

  test("too many requests come with the time to wait", async () => {
    sandbox.failNext({ status: 429, headers: { "retry-after": "17" } });
    const response = await create();
    expect(response.headers.get("retry-after")).toBe("17");
    await bodyOf(response, 429);
  });

  test("a refusal that is not the page's fault is a bad gateway, and is logged without a secret", async () => {
    const log = vi.mocked(console.error);
    const { refreshToken } = await bodyOf(await create(), 201);
    sandbox.failNext({ status: 401 });
    const response = await refresh(JSON.stringify({ refreshToken }));
    const requestId = response.headers.get("x-request-id") ?? "none";
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await bodyOf(response, 502)).toEqual({ title: "Telnyx could not give a token." });
    const logged = await vi.waitUntil(
      () => {
        const text = backEnd.output() + JSON.stringify(log.mock.calls);
        return text.includes(requestId) && text;
      },
      { timeout: 30_000 },
    );
    expect(logged).not.toContain(sandbox.apiKey);
    expect(logged).not.toContain(refreshToken);
  });

  test("it has fewer than 50 lines", () => {
    const source = readFileSync(join(EXAMPLES, "..", file), "utf8");
    expect(source.split("\n").length).toBeLessThan(50);
  });

  test.each(Object.keys(PAGES))(
    "the page of %s joins its room, and gives it a renewed token",
    async (title) => {
      const room = await openPage(title, backEnd.url);
      expect(sandbox.accepts(room.joinedWith)).toBe(true);
      room.disconnect();
      const renewed = await vi.waitUntil(() => room.handedTokens.find((token) => token !== room.joinedWith), {
        timeout: 30_000,
      });
      expect(sandbox.accepts(renewed)).toBe(true);
      const paths = sandbox.requests.map(({ path }) => path.split("/").at(-1));
      const renewal = PAGES[title]?.includes("refresh:")
        ? "refresh_client_token"
        : "generate_join_client_token";
      expect(paths).toEqual(["generate_join_client_token", renewal]);
    },
  );
});
