import { randomBytes } from "node:crypto";
import { decodeJwt, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { create, refresh } from "./helpers.ts";
import { Sandbox } from "./index.ts";
import { TokenMint } from "./tokens.ts";

const START_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 250);
const OTHER_ROOM = "11111111-2222-4333-8444-555555555555";

/** A sandbox with two rooms and a clock that the test moves. */
function sandboxWithClock() {
  const clock = { nowMs: START_MS };
  const sandbox = new Sandbox({ now: () => clock.nowMs, roomIds: [new Sandbox().roomId, OTHER_ROOM] });
  return { sandbox, clock };
}

describe("the tokens of the sandbox", () => {
  it("are JWTs that jose accepts, with the claims of Telnyx's sample", async () => {
    const secret = randomBytes(32);
    const { token, expiresAt } = new TokenMint("access", secret).mint(OTHER_ROOM, 600, Date.now());
    const { payload, protectedHeader } = await jwtVerify(token, secret, { algorithms: ["HS256"] });
    expect(protectedHeader).toEqual({ alg: "HS256", typ: "JWT" });
    expect(payload).toEqual({
      iat: expect.any(Number),
      nbf: (payload.iat ?? 0) - 1,
      exp: (payload.iat ?? 0) + 600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      typ: "access",
      grants: [{ actions: ["join"], resources: [`telnyx:video:rooms:${OTHER_ROOM}`] }],
    });
    expect(expiresAt).toBe(new Date((payload.exp ?? 0) * 1000).toISOString().replace(".000", ""));
  });

  it("live as long as was asked for, and by default as long as the fragment says", async () => {
    const { sandbox } = sandboxWithClock();
    const usual = (await create(sandbox)).data;
    expect(usual.token_expires_at).toBe("2026-11-22T12:10:00Z");
    expect(usual.refresh_token_expires_at).toBe("2026-11-22T13:00:00Z");
    expect(decodeJwt(usual.refresh_token)).toMatchObject({ typ: "refresh" });
    const asked = (await create(sandbox, { body: { token_ttl_secs: 10, refresh_token_ttl_secs: 60 } })).data;
    expect(asked.token_expires_at).toBe("2026-11-22T12:00:10Z");
    expect(asked.refresh_token_expires_at).toBe("2026-11-22T12:01:00Z");
    const body = { refresh_token: usual.refresh_token, token_ttl_secs: 3600 };
    const fresh = (await refresh(sandbox, usual.refresh_token, { body })).data;
    expect(fresh).toEqual({ token: expect.any(String), token_expires_at: "2026-11-22T13:00:00Z" });
  });

  it("let into their own room until they end, and not a moment longer", async () => {
    const { sandbox, clock } = sandboxWithClock();
    const { token, refresh_token } = (await create(sandbox, { body: { token_ttl_secs: 10 } })).data;
    expect(sandbox.accepts(token)).toBe(true);
    expect(sandbox.accepts(token, sandbox.roomId.toUpperCase())).toBe(true);
    expect(sandbox.accepts(token, OTHER_ROOM)).toBe(false);
    expect(sandbox.accepts(refresh_token)).toBe(false);
    clock.nowMs = Date.UTC(2026, 10, 22, 12, 0, 9, 999);
    expect(sandbox.accepts(token)).toBe(true);
    clock.nowMs += 1;
    expect(sandbox.accepts(token)).toBe(false);
    clock.nowMs = START_MS - 3_000;
    expect(sandbox.accepts(token)).toBe(false);
  });

  it("are refused when a character differs, or when another sandbox minted them", async () => {
    const { sandbox } = sandboxWithClock();
    const { token } = (await create(sandbox)).data;
    const [header, payload, signature] = token.split(".");
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(token), exp: 9e9 })).toString("base64url");
    expect(sandbox.accepts(`${header}.${forged}.${signature}`)).toBe(false);
    expect(sandbox.accepts(`${header}.${payload}.`)).toBe(false);
    expect(sandbox.accepts(`${token}.x`)).toBe(false);
    expect(sandbox.accepts("garbage")).toBe(false);
    expect(sandboxWithClock().sandbox.accepts(token)).toBe(false);
  });
});

describe("a refresh", () => {
  it("works again and again with the same refresh token, until that one ends", async () => {
    const { sandbox, clock } = sandboxWithClock();
    const { token, refresh_token } = (await create(sandbox, { body: { refresh_token_ttl_secs: 60 } })).data;
    const first = await refresh(sandbox, refresh_token);
    const second = await refresh(sandbox, refresh_token);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(new Set([token, first.data.token, second.data.token]).size).toBe(3);
    expect(sandbox.accepts(second.data.token)).toBe(true);
    clock.nowMs = Date.UTC(2026, 10, 22, 12, 1, 0);
    const late = await refresh(sandbox, refresh_token);
    expect([late.status, late.code]).toEqual([403, "10010"]);
  });

  it("is refused for another room, for an access token and for a made-up token", async () => {
    const { sandbox } = sandboxWithClock();
    const { token, refresh_token } = (await create(sandbox)).data;
    expect((await refresh(sandbox, refresh_token, { roomId: OTHER_ROOM })).status).toBe(403);
    expect((await refresh(sandbox, token)).status).toBe(403);
    expect((await refresh(sandbox, "garbage")).status).toBe(403);
    expect((await refresh(sandbox, "")).status).toBe(403);
  });

  it("is refused once the refresh tokens were revoked, while tokens and new refresh tokens live", async () => {
    const { sandbox } = sandboxWithClock();
    const { token, refresh_token } = (await create(sandbox)).data;
    sandbox.revokeRefreshTokens();
    expect((await refresh(sandbox, refresh_token)).status).toBe(403);
    expect(sandbox.accepts(token)).toBe(true);
    const anew = (await create(sandbox)).data;
    expect((await refresh(sandbox, anew.refresh_token)).status).toBe(201);
  });
});
