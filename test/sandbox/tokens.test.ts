import { randomBytes } from "node:crypto";
import { decodeJwt, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../src/sandbox/options.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { TokenIssuer } from "../../src/sandbox/tokens.ts";
import { create, OTHER_ROOM, refresh } from "./helpers.ts";

const START_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 250);

/** A stand-in with two rooms and a clock that the test sets. */
function standInWithClock() {
  const clock = { nowMs: START_MS };
  const standIn = new StandIn({ now: () => clock.nowMs, roomIds: [DEFAULTS.roomId, OTHER_ROOM] });
  return { standIn, clock };
}

describe("the tokens of the sandbox", () => {
  it("are JWTs that jose accepts, with the claims of Telnyx's sample", async () => {
    const secret = randomBytes(32);
    const { token, expiresAt } = new TokenIssuer("access", secret).issue(OTHER_ROOM, 600, Date.now());
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

  it("live as long as was requested, and by default as long as the fragment says", async () => {
    const { standIn } = standInWithClock();
    const usual = (await create(standIn)).data;
    expect(usual.token_expires_at).toBe("2026-11-22T12:10:00Z");
    expect(usual.refresh_token_expires_at).toBe("2026-11-22T13:00:00Z");
    expect(decodeJwt(usual.refresh_token)).toMatchObject({ typ: "refresh" });
    const asked = (await create(standIn, { body: { token_ttl_secs: 10, refresh_token_ttl_secs: 60 } })).data;
    expect(asked.token_expires_at).toBe("2026-11-22T12:00:10Z");
    expect(asked.refresh_token_expires_at).toBe("2026-11-22T12:01:00Z");
    const body = { refresh_token: usual.refresh_token, token_ttl_secs: 3600 };
    const fresh = (await refresh(standIn, usual.refresh_token, { body })).data;
    expect(fresh).toEqual({ token: expect.any(String), token_expires_at: "2026-11-22T13:00:00Z" });
  });

  it("let into their own room until they expire, and not a moment longer", async () => {
    const { standIn, clock } = standInWithClock();
    const { token, refresh_token } = (await create(standIn, { body: { token_ttl_secs: 10 } })).data;
    expect(standIn.accepts(token)).toBe(true);
    expect(standIn.accepts(token, standIn.roomId.toUpperCase())).toBe(true);
    expect(standIn.accepts(token, OTHER_ROOM)).toBe(false);
    expect(standIn.accepts(refresh_token)).toBe(false);
    clock.nowMs = Date.UTC(2026, 10, 22, 12, 0, 9, 999);
    expect(standIn.accepts(token)).toBe(true);
    clock.nowMs += 1;
    expect(standIn.accepts(token)).toBe(false);
    clock.nowMs = START_MS - 3_000;
    expect(standIn.accepts(token)).toBe(false);
  });

  it("are not accepted when a character differs, or when another sandbox issued them", async () => {
    const { standIn } = standInWithClock();
    const { token } = (await create(standIn)).data;
    const [header, payload, signature] = token.split(".");
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(token), exp: 9e9 })).toString("base64url");
    expect(standIn.accepts(`${header}.${forged}.${signature}`)).toBe(false);
    expect(standIn.accepts(`${header}.${payload}.`)).toBe(false);
    expect(standIn.accepts(`${token}.x`)).toBe(false);
    expect(standIn.accepts("garbage")).toBe(false);
    expect(standInWithClock().standIn.accepts(token)).toBe(false);
  });
});

describe("a refresh", () => {
  it("works again and again with the same refresh token, until that one expires", async () => {
    const { standIn, clock } = standInWithClock();
    const { token, refresh_token } = (await create(standIn, { body: { refresh_token_ttl_secs: 60 } })).data;
    const first = await refresh(standIn, refresh_token);
    const second = await refresh(standIn, refresh_token);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(new Set([token, first.data.token, second.data.token]).size).toBe(3);
    expect(standIn.accepts(second.data.token)).toBe(true);
    clock.nowMs = Date.UTC(2026, 10, 22, 12, 1, 0);
    const late = await refresh(standIn, refresh_token);
    expect([late.status, late.code]).toEqual([403, "10010"]);
  });

  it("gets 403 for another room, for an access token and for a made-up token", async () => {
    const { standIn } = standInWithClock();
    const { token, refresh_token } = (await create(standIn)).data;
    expect((await refresh(standIn, refresh_token, { roomId: OTHER_ROOM })).status).toBe(403);
    expect((await refresh(standIn, token)).status).toBe(403);
    expect((await refresh(standIn, "garbage")).status).toBe(403);
    expect((await refresh(standIn, "")).status).toBe(403);
  });

  it("gets 403 once the refresh tokens were revoked, while tokens and new refresh tokens stay valid", async () => {
    const { standIn } = standInWithClock();
    const { token, refresh_token } = (await create(standIn)).data;
    standIn.revokeRefreshTokens();
    expect((await refresh(standIn, refresh_token)).status).toBe(403);
    expect(standIn.accepts(token)).toBe(true);
    const anew = (await create(standIn)).data;
    expect((await refresh(standIn, anew.refresh_token)).status).toBe(201);
  });
});
