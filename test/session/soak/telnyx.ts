import type { GrantMembers, ResponseInput } from "../../../src/session/index.ts";
import type { Device } from "./device.ts";

const MINUTE_MS = 60_000;
export const HOUR_MS: number = 60 * MINUTE_MS;
export const STARTS_AT: number = Date.UTC(2026, 10, 22);
/** What everybody gets for a while: no answers, or 404 from a deploy. */
const OUTAGE = { from: STARTS_AT + 11 * HOUR_MS, to: STARTS_AT + 11 * HOUR_MS + 10 * MINUTE_MS };
const DEPLOY = { from: STARTS_AT + 17 * HOUR_MS, to: STARTS_AT + 17 * HOUR_MS + 2 * MINUTE_MS };

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

/** The requests of all pages. */
export class Traffic {
  requests = 0;
  readonly #perSecond = new Map<number, number>();

  count(at: number): void {
    const second = Math.floor(at / 1000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
    this.requests += 1;
  }

  /** The most requests in one second after the outage. */
  get peakAfterOutage(): number {
    const after = [...this.#perSecond].filter(([second]) => second * 1000 >= OUTAGE.to);
    return Math.max(...after.map(([, requests]) => requests));
  }
}

/**
 * Telnyx and the user's back end in one, as one page sees them: creates tokens by true time, refuses dead refresh tokens,
 * and fails. It creates a token at the moment when the request is sent, and all latency is on the way back. So each token
 * is as old as it can be when it arrives, which is the hardest case for a session.
 */
export class Telnyx {
  readonly #device: Device;
  readonly #random: () => number;
  readonly #traffic: Traffic;
  /** When a request last failed by a fault of the server or the network. */
  faultAt = -Infinity;
  /** When the first of the faults in a row was; undefined after a success. */
  faultsSince: number | undefined;
  #created = 0;

  constructor(device: Device, random: () => number, traffic: Traffic) {
    this.#device = device;
    this.#random = random;
    this.#traffic = traffic;
  }

  /** When what everybody gets for a while ended last, or is going to end. */
  get troubleEndsAt(): number {
    return [DEPLOY, OUTAGE].find(({ from }) => from <= this.#device.now)?.to ?? -Infinity;
  }

  /** Whether a room would let the token in, `marginMs` from now. */
  accepts(token: string, marginMs = 0): boolean {
    return Number(token.slice(token.lastIndexOf(".") + 1)) * 1000 > this.#device.now + marginMs;
  }

  readonly create = ({ signal }: { signal: AbortSignal }): Promise<GrantMembers | ResponseInput> =>
    this.#answer(signal, () => this.grant(REFRESH_TTL_SECS.withCreate));

  readonly refresh = ({ refreshToken, signal }: { refreshToken: string; signal: AbortSignal }) =>
    this.#answer(signal, () => {
      if (Number(refreshToken.split("-")[1]) * 1000 > this.#device.now) return this.#token();
      throw errorOf(403);
    });

  grant(refreshTtlSecs: number): GrantMembers {
    const ends = Math.floor(this.#device.now / 1000) + refreshTtlSecs;
    return { ...this.#token(), refreshToken: `refresh-${ends}-${this.#created}` };
  }

  #token(): GrantMembers {
    const iat = Math.floor(this.#device.now / 1000);
    const exp = iat + TOKEN_TTL_SECS;
    this.#created += 1;
    const claims = Buffer.from(JSON.stringify({ iat, exp, jti: this.#created })).toString("base64url");
    return { token: `${HEADER}.${claims}.${exp}`, tokenExpiresAt: new Date(exp * 1000).toISOString() };
  }

  #answer(signal: AbortSignal, create: () => GrantMembers): Promise<GrantMembers | ResponseInput> {
    const device = this.#device;
    const { now, sleptMs } = device;
    this.#traffic.count(now);
    const latencyMs = 50 + 950 * this.#random() ** 2;
    return new Promise((resolve, reject) => {
      const failure = this.#failure();
      if (failure !== undefined) {
        this.faultsSince ??= now;
        this.faultAt = now + (failure === "hang" ? GIVEN_UP_MS : latencyMs);
      }
      if (failure === "hang") {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        return;
      }
      let answer: () => void;
      try {
        const created = this.#random() < 0.5 ? create() : responseOf(create(), now);
        if (failure === undefined) this.faultsSince = undefined;
        answer = () => (failure === undefined ? resolve(created) : reject(failure));
      } catch (refusal) {
        answer = () => reject(failure ?? refusal);
      }
      // A connection does not outlive the device's sleep.
      const lost = () => reject(new TypeError("network changed"));
      device.after(latencyMs, () => (device.sleptMs === sleptMs ? answer() : lost()));
    });
  }

  /** What the network or the server does instead of answering, if anything. */
  #failure(): "hang" | Error | undefined {
    const { now } = this.#device;
    const random = this.#random;
    const isOutage = now >= OUTAGE.from && now < OUTAGE.to;
    if (now >= DEPLOY.from && now < DEPLOY.to) return errorOf(404);
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
