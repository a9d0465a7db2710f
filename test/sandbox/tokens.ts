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

interface MintedToken {
  readonly token: string;
  /** `exp` as Telnyx writes it: whole seconds, UTC. */
  readonly expiresAt: string;
}

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const HEADER = base64url({ alg: "HS256", typ: "JWT" });
const resourceOf = (roomId: string) => `telnyx:video:rooms:${roomId.toLowerCase()}`;

/**
 * Mints and checks the tokens of one type with a secret of its own.
 *
 * It signs them itself and not by jose, whose WebCrypto answers from another thread: fake timers do not wait for that.
 * The tests check with jose that these are valid JWTs.
 */
export class TokenMint {
  readonly #typ: TokenType;
  #secret: Buffer;

  constructor(typ: TokenType, secret: Buffer = randomBytes(32)) {
    this.#typ = typ;
    this.#secret = secret;
  }

  mint(roomId: string, ttlSecs: number, nowMs: number): MintedToken {
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

  /** Whether `token` was minted here for that very room and is alive at `nowMs`. */
  accepts(token: string, roomId: string, nowMs: number): boolean {
    const claims = this.#verify(token);
    if (!claims) return false;
    const nowSecs = nowMs / 1000;
    const ofRoom = claims.grants.some((grant) => grant.resources.includes(resourceOf(roomId)));
    return ofRoom && claims.nbf <= nowSecs && nowSecs < claims.exp;
  }

  /** Every token minted so far is refused from now on. */
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
