import type { GrantMembers, ResponseInput } from "../../../src/session/index.ts";
import type { Machine, World } from "./world.ts";

export const TOKEN_TTL_SECS = 600;
/** Refresh tokens of a page with `create` die many times a day; those of a page without it outlive the day. */
export const REFRESH_TTL_SECS = { withCreate: 3600, withoutCreate: 90_000 };
/** What a proxy, a gateway or a login page in between answers. */
const WRONG_REFUSALS = [403, 404, 302];
/** The longest that a request which hangs is waited for. */
const GIVEN_UP_MS = 15_000;

const HEADER = Buffer.from('{"alg":"none"}').toString("base64url");

/** Who makes a request, and the signal that ends it. */
interface Caller {
  readonly machine: Machine;
  readonly signal: AbortSignal;
}

/**
 * Telnyx and the user's back end in one: mints by true time, refuses dead refresh tokens, and fails as told.
 * It mints a token at the moment when the request is sent, and all latency is on the way back. So each token is as
 * old as it can be when it arrives, which is the hardest case for a session.
 */
export class Telnyx {
  readonly #world: World;
  readonly #random: () => number;
  readonly #failureRate: number;
  readonly #wrongRefusalRate: number;
  /** When the outage ended, in true time: `-Infinity` before it, `Infinity` during it. */
  outageEndedAt = -Infinity;
  /** When the deploy ended, during which everything is answered with 404; likewise. */
  deployEndedAt = -Infinity;
  /** Requests by second of true time. */
  readonly perSecond = new Map<number, number>();
  requests = 0;
  #minted = 0;

  constructor(world: World, random: () => number, failureRate: number, wrongRefusalRate: number) {
    this.#wrongRefusalRate = wrongRefusalRate;
    this.#world = world;
    this.#random = random;
    this.#failureRate = failureRate;
  }

  startOutage(): void {
    this.outageEndedAt = Infinity;
  }

  endOutage(): void {
    this.outageEndedAt = this.#world.now;
  }

  startDeploy(): void {
    this.deployEndedAt = Infinity;
  }

  endDeploy(): void {
    this.deployEndedAt = this.#world.now;
  }

  /** Whether a room would let the token in, `marginMs` from now. */
  accepts(token: string, marginMs = 0): boolean {
    return Number(token.slice(token.lastIndexOf(".") + 1)) * 1000 > this.#world.now + marginMs;
  }

  create(caller: Caller): Promise<GrantMembers | ResponseInput> {
    return this.#answer(caller, () => this.grant(REFRESH_TTL_SECS.withCreate));
  }

  refresh(caller: Caller, refreshToken: string): Promise<GrantMembers | ResponseInput> {
    return this.#answer(caller, () => {
      if (Number(refreshToken.split("-")[1]) * 1000 > this.#world.now) return this.#token();
      throw Object.assign(new Error("the refresh token is dead"), { status: 403 });
    });
  }

  grant(refreshTtlSecs: number): GrantMembers {
    const ends = Math.floor(this.#world.now / 1000) + refreshTtlSecs;
    return { ...this.#token(), refreshToken: `refresh-${ends}-${this.#minted}` };
  }

  #token(): GrantMembers {
    const iat = Math.floor(this.#world.now / 1000);
    const exp = iat + TOKEN_TTL_SECS;
    this.#minted += 1;
    const claims = Buffer.from(JSON.stringify({ iat, exp, jti: this.#minted })).toString("base64url");
    return { token: `${HEADER}.${claims}.${exp}`, tokenExpiresAt: new Date(exp * 1000).toISOString() };
  }

  #answer({ machine, signal }: Caller, mint: () => GrantMembers): Promise<GrantMembers | ResponseInput> {
    const second = Math.floor(this.#world.now / 1000);
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + 1);
    this.requests += 1;
    const { sleptMs } = machine;
    const latencyMs = 50 + 950 * this.#random() ** 2;
    return new Promise((resolve, reject) => {
      const failure = this.#failure();
      if (failure !== undefined) {
        machine.faultsSince ??= this.#world.now;
        machine.faultAt = this.#world.now + (failure === "hang" ? GIVEN_UP_MS : latencyMs);
      }
      if (failure === "hang") {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        return;
      }
      let answer: () => void;
      try {
        const minted = this.#random() < 0.5 ? mint() : responseOf(mint(), this.#world.now);
        if (failure === undefined) machine.faultsSince = undefined;
        answer = () => (failure === undefined ? resolve(minted) : reject(failure));
      } catch (refusal) {
        answer = () => reject(failure ?? refusal);
      }
      // A connection does not outlive the machine's sleep.
      const lost = () => reject(new TypeError("network changed"));
      this.#world.on(machine, latencyMs, () => (machine.sleptMs === sleptMs ? answer() : lost()));
    });
  }

  /** What the network or the server does instead of answering, if anything. */
  #failure(): "hang" | Error | undefined {
    const outage = this.outageEndedAt === Infinity;
    const isDeploy = this.deployEndedAt === Infinity;
    if (isDeploy || this.#random() < this.#wrongRefusalRate) {
      const status = isDeploy ? 404 : WRONG_REFUSALS[Math.floor(this.#random() * 3)];
      return Object.assign(new Error(`status ${status}`), { status });
    }
    if (!outage && this.#random() >= this.#failureRate) return undefined;
    const kind = Math.floor(this.#random() * 5);
    if (kind === 0 && !outage) return "hang";
    if (kind <= 1) return new TypeError("fetch failed");
    const retryAfterMs = kind === 2 && !outage ? 1000 + 9000 * this.#random() : undefined;
    const status = retryAfterMs === undefined ? 503 : 429;
    return Object.assign(new Error(`status ${status}`), { status, retryAfterMs });
  }
}

/** A Response with a Date, which shows when a token was given out. */
function responseOf(grant: GrantMembers, now: number): ResponseInput {
  const date = new Date(now).toUTCString();
  const headers = { get: (name: string) => (name === "date" ? date : null) };
  return { ok: true, status: 200, headers, json: async () => grant };
}
