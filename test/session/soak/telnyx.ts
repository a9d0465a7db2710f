import type { GrantMembers, ResponseInput } from "../../../src/session/index.ts";
import type { Machine, World } from "./world.ts";

export const TOKEN_TTL_SECS = 600;
/** Refresh tokens of a page with `create` die many times a day; those of a page without it outlive the day. */
export const REFRESH_TTL_SECS = { withCreate: 3600, withoutCreate: 90_000 };
const FAILURE_RATE = 0.05;
const WRONG_REFUSAL_RATE = 0.01;
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
 * Telnyx and the user's back end in one: creates tokens by true time, refuses dead refresh tokens, and fails as told.
 * It creates a token at the moment when the request is sent, and all latency is on the way back. So each token is as
 * old as it can be when it arrives, which is the hardest case for a session.
 */
export class Telnyx {
  readonly #world: World;
  #trouble: "outage" | "deploy" | undefined;
  /** When the last trouble for everybody ended, in true time: `-Infinity` before the first, `Infinity` during one. */
  troubleEndedAt = -Infinity;
  /** Requests by second of true time. */
  readonly perSecond = new Map<number, number>();
  requests = 0;
  #created = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Plans an outage, or a deploy during which everything is answered with 404. */
  plan(trouble: "outage" | "deploy", startsAt: number, durationMs: number): void {
    this.#world.at(startsAt, () => {
      this.#trouble = trouble;
      this.troubleEndedAt = Infinity;
    });
    this.#world.at(startsAt + durationMs, () => {
      this.#trouble = undefined;
      this.troubleEndedAt = this.#world.now;
    });
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
      throw errorOf(403);
    });
  }

  grant(refreshTtlSecs: number): GrantMembers {
    const ends = Math.floor(this.#world.now / 1000) + refreshTtlSecs;
    return { ...this.#token(), refreshToken: `refresh-${ends}-${this.#created}` };
  }

  #token(): GrantMembers {
    const iat = Math.floor(this.#world.now / 1000);
    const exp = iat + TOKEN_TTL_SECS;
    this.#created += 1;
    const claims = Buffer.from(JSON.stringify({ iat, exp, jti: this.#created })).toString("base64url");
    return { token: `${HEADER}.${claims}.${exp}`, tokenExpiresAt: new Date(exp * 1000).toISOString() };
  }

  #answer({ machine, signal }: Caller, create: () => GrantMembers): Promise<GrantMembers | ResponseInput> {
    const { now } = this.#world;
    const second = Math.floor(now / 1000);
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + 1);
    this.requests += 1;
    const { sleptMs } = machine;
    const latencyMs = 50 + 950 * this.#world.random() ** 2;
    return new Promise((resolve, reject) => {
      const failure = this.#failure();
      if (failure !== undefined) {
        machine.faultsSince ??= now;
        machine.faultAt = now + (failure === "hang" ? GIVEN_UP_MS : latencyMs);
      }
      if (failure === "hang") {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        return;
      }
      let answer: () => void;
      try {
        const created = this.#world.random() < 0.5 ? create() : responseOf(create(), now);
        if (failure === undefined) machine.faultsSince = undefined;
        answer = () => (failure === undefined ? resolve(created) : reject(failure));
      } catch (refusal) {
        answer = () => reject(failure ?? refusal);
      }
      // A connection does not outlive the machine's sleep.
      const lost = () => reject(new TypeError("network changed"));
      this.#world.at(now + latencyMs, () => (machine.sleptMs === sleptMs ? answer() : lost()), machine);
    });
  }

  /** What the network or the server does instead of answering, if anything. */
  #failure(): "hang" | Error | undefined {
    const { random } = this.#world;
    const isOutage = this.#trouble === "outage";
    if (this.#trouble === "deploy") return errorOf(404);
    if (random() < WRONG_REFUSAL_RATE) return errorOf(WRONG_REFUSALS[Math.floor(random() * 3)]);
    if (!isOutage && random() >= FAILURE_RATE) return undefined;
    const kind = Math.floor(random() * 5);
    if (kind === 0 && !isOutage) return "hang";
    if (kind <= 1) return new TypeError("fetch failed");
    return kind === 2 && !isOutage ? errorOf(429, 1000 + 9000 * random()) : errorOf(503);
  }
}

/** An error of a client, as a session reads it. */
function errorOf(status: number | undefined, retryAfterMs?: number): Error {
  return Object.assign(new Error(`status ${status}`), { status, retryAfterMs });
}

/** A Response with a Date, which shows when a token was given out. */
function responseOf(grant: GrantMembers, now: number): ResponseInput {
  const date = new Date(now).toUTCString();
  const headers = { get: (name: string) => (name === "date" ? date : null) };
  return { ok: true, status: 200, headers, json: async () => grant };
}
