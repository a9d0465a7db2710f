import { randomBytes } from "node:crypto";
import { decodeJwt, jwtVerify } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { DEFAULTS } from "../../src/sandbox/options.ts";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { TokenIssuer } from "../../src/sandbox/tokens.ts";
import { create, OTHER_ROOM, refresh } from "./helpers.ts";

const START_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 250);
let nowMs: number;
let standIn: StandIn;

const newStandIn = () => new StandIn({ now: () => nowMs, roomIds: [DEFAULTS.roomId, OTHER_ROOM] });

beforeEach(() => {
  nowMs = START_MS;
  standIn = newStandIn();
});

describe("the tokens of the sandbox", () => {
  it("are JWTs that jose accepts, with the claims of Telnyx's sample", async () => {
    const secret = randomBytes(32);
    const { token, expiresAt } = new TokenIssuer("access", secret).issue(OTHER_ROOM, 600, START_MS);
    const iat = Math.floor(START_MS / 1000);
    const { payload, protectedHeader } = await jwtVerify(token, secret, {
      algorithms: ["HS256"],
      currentDate: new Date(START_MS),
    });
    expect(protectedHeader).toEqual({ alg: "HS256", typ: "JWT" });
    expect(payload).toEqual({
      iat,
      nbf: iat - 1,
      exp: iat + 600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      typ: "access",
      grants: [{ actions: ["join"], resources: [`telnyx:video:rooms:${OTHER_ROOM}`] }],
    });
    expect(expiresAt).toBe("2026-11-22T12:10:00Z");
  });

  it("live as long as was requested, and by default as long as the fragment says", async () => {
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
    const { token, refresh_token } = (await create(standIn, { body: { token_ttl_secs: 10 } })).data;
    expect(standIn.accepts(token)).toBe(true);
    expect(standIn.accepts(token, standIn.roomId.toUpperCase())).toBe(true);
    expect(standIn.accepts(token, OTHER_ROOM)).toBe(false);
    expect(standIn.accepts(refresh_token)).toBe(false);
    nowMs = Date.UTC(2026, 10, 22, 12, 0, 9, 999);
    expect(standIn.accepts(token)).toBe(true);
    nowMs += 1;
    expect(standIn.accepts(token)).toBe(false);
    nowMs = START_MS - 3_000;
    expect(standIn.accepts(token)).toBe(false);
  });

  it("are not accepted when a character differs, or when another sandbox issued them", async () => {
    const { token } = (await create(standIn)).data;
    const [header, payload, signature] = token.split(".");
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(token), exp: 9e9 })).toString("base64url");
    for (const wrong of [
      `${header}.${forged}.${signature}`,
      `${header}.${payload}.`,
      `${token}.x`,
      "garbage",
    ])
      expect(standIn.accepts(wrong), wrong).toBe(false);
    expect(newStandIn().accepts(token)).toBe(false);
  });
});

describe("a refresh", () => {
  it("needs no key, and works again and again with the same refresh token, until that one expires", async () => {
    const { token, refresh_token } = (await create(standIn, { body: { refresh_token_ttl_secs: 60 } })).data;
    const first = await refresh(standIn, refresh_token);
    const second = await refresh(standIn, refresh_token);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(new Set([token, first.data.token, second.data.token]).size).toBe(3);
    expect(standIn.accepts(second.data.token)).toBe(true);
    nowMs = Date.UTC(2026, 10, 22, 12, 1, 0);
    expect(await refresh(standIn, refresh_token)).toMatchObject({ status: 403, code: "10010" });
  });

  it("gets 403 for another room, for an access token and for a made-up token", async () => {
    const { token, refresh_token } = (await create(standIn)).data;
    expect((await refresh(standIn, refresh_token, { roomId: OTHER_ROOM })).status).toBe(403);
    for (const wrong of [token, "garbage", ""]) expect((await refresh(standIn, wrong)).status).toBe(403);
  });

  it("gets 403 once the refresh tokens were revoked, while tokens and new refresh tokens stay valid", async () => {
    const { token, refresh_token } = (await create(standIn)).data;
    standIn.revokeRefreshTokens();
    expect((await refresh(standIn, refresh_token)).status).toBe(403);
    expect(standIn.accepts(token)).toBe(true);
    const anew = (await create(standIn)).data;
    expect((await refresh(standIn, anew.refresh_token)).status).toBe(201);
  });
});
