import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";

/** The claims of a token, as in the sample that Telnyx publishes. */
interface TokenClaims {
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly jti: string;
  readonly typ: TokenType;
  readonly grants: readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[];
}

type TokenType = "access" | "refresh";

interface IssuedToken {
  readonly token: string;
  /** `exp` as Telnyx writes it: whole seconds, UTC. */
  readonly expiresAt: string;
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const HEADER = base64url({ alg: "HS256", typ: "JWT" });
const resourceOf = (roomId: string) => `telnyx:video:rooms:${roomId.toLowerCase()}`;

/**
 * Issues and checks the tokens of one type, with a secret of its own.
 *
 * It signs them with `node:crypto`: WebCrypto works in another thread, for which fake timers do not wait.
 */
export class TokenIssuer {
  readonly #typ: TokenType;
  #secret: Buffer;

  constructor(typ: TokenType, secret: Buffer = randomBytes(32)) {
    this.#typ = typ;
    this.#secret = secret;
  }

  issue(roomId: string, ttlSecs: number, nowMs: number): IssuedToken {
    const iat = Math.floor(nowMs / 1000);
    const exp = iat + ttlSecs;
    const claims: TokenClaims = {
      iat,
      nbf: iat - 1,
      exp,
      jti: randomUUID(),
      typ: this.#typ,
      grants: [{ actions: ["join"], resources: [resourceOf(roomId)] }],
    };
    const signed = `${HEADER}.${base64url(claims)}`;
    const expiresAt = new Date(exp * 1000).toISOString().replace(".000Z", "Z");
    return { token: `${signed}.${this.#sign(signed)}`, expiresAt };
  }

  /** Whether `token` was issued here for that very room and is valid at `nowMs`. */
  accepts(token: string, roomId: string, nowMs: number): boolean {
    const claims = this.#verify(token);
    if (!claims) return false;
    const nowSecs = nowMs / 1000;
    const isOfRoom = claims.grants.some((grant) => grant.resources.includes(resourceOf(roomId)));
    return isOfRoom && claims.nbf <= nowSecs && nowSecs < claims.exp;
  }

  /** Makes every token that was issued so far invalid. */
  revokeAll(): void {
    this.#secret = randomBytes(32);
  }

  #verify(token: string): TokenClaims | undefined {
    const [header, payload, signature, ...rest] = token.split(".");
    if (header !== HEADER || !payload || !signature || rest.length > 0) return undefined;
    const expected = Buffer.from(this.#sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return JSON.parse(Buffer.from(payload, "base64url").toString()) as TokenClaims;
  }

  #sign(signed: string): string {
    return createHmac("sha256", this.#secret).update(signed).digest("base64url");
  }
}
