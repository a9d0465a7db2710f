import fc from "fast-check";
import { expect, vi } from "vitest";
import { RoomTokenSession, type RoomTokenSessionSnapshot } from "../../src/session/index.ts";
import { HOUR, iso, jwt, NOON, responseOf, secsOf, settle, sleep, stepWallClock } from "./support.ts";

/** What happens to a session in its life, and how often. */
const WEIGHTS = {
  wait: 8,
  sleep: 2,
  call: 5,
  callAndLeave: 1,
  startOrStop: 1,
  pageIsBack: 1,
  outage: 1,
  deploy: 1,
  idle: 1,
} as const;
type StepName = keyof typeof WEIGHTS;
const steps = Object.entries(WEIGHTS).flatMap(([name, weight]) =>
  Array<StepName>(weight).fill(name as StepName),
);

const step = fc.record({
  name: fc.constantFrom(...steps),
  /** How long it waits or sleeps. */
  secs: fc.integer({ min: 1, max: 2000 }),
  /** When a caller leaves. */
  ms: fc.nat(2000),
  minValiditySecs: fc.constantFrom(0, 0, 0, 5, 300, 4000),
  forceRefresh: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A device, a back end and the steps of one life. */
export const life = fc.record({
  clockHoursOff: fc.constantFrom(0, 0, 3, -3),
  ttlSecs: fc.constantFrom(10, 60, 600, 3600),
  uses: fc.constantFrom("create", "refresh", "both"),
  timeoutMs: fc.constantFrom(5000, 15_000),
  /** What the requests do, one after the other, and from the beginning again. */
  fates: fc.array(fc.constantFrom("good", "good", "good", "slow", "Response", "refused", "hangs", "same"), {
    minLength: 1,
    maxLength: 30,
  }),
  random: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 1,
    maxLength: 20,
  }),
  steps: fc.array(step, { minLength: 20, maxLength: 80 }),
});
type Life = typeof life extends fc.Arbitrary<infer T> ? T : never;

/** The back end of one life. It goes by true time, and keeps count of what is under way. */
class BackEnd {
  isFaulty = { outage: false, deploy: false };
  /** Whether all requests are good from now on. */
  isCalm = false;
  requests = 0;
  readonly underWay: Set<AbortSignal> = new Set();
  /** What must never happen. */
  readonly faults: string[] = [];
  readonly #life: Life;
  readonly #trueNow: () => number;
  readonly #ends: Map<string, number> = new Map();
  #latest: object | undefined;

  constructor(life: Life, trueNow: () => number) {
    this.#life = life;
    this.#trueNow = trueNow;
  }

  accepts(token: string): boolean {
    return (this.#ends.get(token) ?? 0) > this.#trueNow();
  }

  grant(): { token: string; tokenExpiresAt: string; refreshToken: string } {
    const iat = secsOf(this.#trueNow());
    const exp = iat + this.#life.ttlSecs;
    const token = jwt({ iat, exp, jti: this.#ends.size });
    this.#ends.set(token, exp * 1000);
    return { token, tokenExpiresAt: iso(exp), refreshToken: `refresh-${this.#ends.size}` };
  }

  readonly answer = async ({ signal }: { signal: AbortSignal }): Promise<never> => {
    const fate = this.isCalm ? "good" : this.#life.fates[this.requests % this.#life.fates.length];
    this.requests += 1;
    if (this.underWay.size > 0) this.faults.push("two requests under way");
    this.underWay.add(signal);
    await new Promise<void>((resolve) => {
      const end = () => {
        this.underWay.delete(signal);
        resolve();
      };
      signal.addEventListener("abort", end);
      if (fate !== "hangs") setTimeout(end, fate === "slow" ? 3000 : 50);
    });
    if (this.isFaulty.deploy) throw { status: 404 };
    if (this.isFaulty.outage) throw { status: 503 };
    if (fate === "refused") throw { status: 403 };
    const grant = fate === "same" ? (this.#latest ?? this.grant()) : this.grant();
    this.#latest = grant;
    const headers = { date: new Date(this.#trueNow()).toUTCString() };
    return (fate === "Response" || fate === "same" ? responseOf(200, grant, headers) : grant) as never;
  };
}

/** Lets a session live one life, and checks what must hold whatever happens. */
export async function live(life: Life): Promise<void> {
  const world = new OneLife(life);
  for (const step of life.steps) {
    await world.take(step);
    await settle();
    world.check();
  }
  await world.end();
}

class OneLife {
  readonly #backEnd: BackEnd;
  readonly #session: RoomTokenSession;
  readonly #startedAt = performance.now();
  #sleptMs = 0;
  #isStarted = false;
  /** What the listeners were called with last. */
  #latest: RoomTokenSessionSnapshot | undefined;
  #waiting = 0;

  constructor(life: Life) {
    const { uses, timeoutMs, random, clockHoursOff } = life;
    vi.setSystemTime(NOON + clockHoursOff * HOUR);
    let draws = 0;
    vi.spyOn(Math, "random").mockImplementation(() => random[draws++ % random.length] ?? 0);
    const backEnd = new BackEnd(life, () => NOON + performance.now() - this.#startedAt + this.#sleptMs);
    this.#backEnd = backEnd;
    this.#session = new RoomTokenSession({
      ...(uses !== "refresh" && { create: backEnd.answer }),
      ...(uses !== "create" && { refresh: backEnd.answer }),
      ...(uses === "refresh" && { grant: backEnd.grant() }),
      timeoutMs,
    });
    this.#session.subscribe((snapshot) => {
      this.#latest = snapshot;
      if (!isSound(snapshot)) backEnd.faults.push(`a snapshot of ${JSON.stringify(snapshot)}`);
    });
  }

  async take({ name, secs, ms, minValiditySecs, forceRefresh }: Step): Promise<void> {
    switch (name) {
      case "wait":
        return sleep(secs * 1000);
      case "sleep":
        this.#sleptMs += secs * 1000;
        return stepWallClock(secs * 1000);
      case "call":
        return void this.#call(minValiditySecs * 1000, forceRefresh);
      case "callAndLeave":
        return this.#callAndLeave(ms);
      case "startOrStop":
        this.#isStarted = !this.#isStarted;
        return this.#isStarted ? this.#session.start() : this.#session.stop();
      case "pageIsBack":
        return this.#isStarted ? this.#session.start() : undefined;
      case "idle":
        return this.#isStarted ? undefined : this.#idle();
      default:
        this.#backEnd.isFaulty[name] = !this.#backEnd.isFaulty[name];
    }
  }

  check(): void {
    const { token } = this.#session.getSnapshot();
    if (token !== undefined) expect(this.#backEnd.accepts(token)).toBe(true);
    expect(this.#session.getSnapshot()).toBe(this.#session.getSnapshot());
    expect(this.#backEnd.faults).toEqual([]);
  }

  /** All faults end: the session is ready again, and closed it leaves nothing behind. */
  async end(): Promise<void> {
    this.#backEnd.isFaulty = { outage: false, deploy: false };
    this.#backEnd.isCalm = true;
    if (!this.#isStarted) this.#session.start();
    await sleep(360_000);
    this.check();
    expect(this.#latest).toMatchObject({ state: "ready", token: await this.#session.getToken() });
    this.#session.close();
    await settle();
    expect(this.#waiting).toBe(0);
    expect(this.#latest?.state).toBe("closed");
    this.check();
    await sleep(3000); // the back end's own timers
    expect(vi.getTimerCount()).toBe(0);
  }

  /** Judges what the caller gets at the moment when it gets it. */
  async #call(minValidityMs: number, forceRefresh: boolean, signal?: AbortSignal): Promise<void> {
    const { faults } = this.#backEnd;
    const held = this.#session.getSnapshot().token;
    this.#waiting += 1;
    const token = await this.#session
      .getToken({ minValidityMs, forceRefresh, signal })
      .catch(() => undefined);
    this.#waiting -= 1;
    if (token === undefined) {
      const isWronged = !forceRefresh && !signal?.aborted && this.#session.getSnapshot().token !== undefined;
      if (isWronged) faults.push("rejected while a valid token was held");
    } else {
      if (!this.#backEnd.accepts(token)) faults.push("an expired token was given out");
      if (forceRefresh && token === held) faults.push("the rejected token was given out");
    }
  }

  async #callAndLeave(afterMs: number): Promise<void> {
    const caller = new AbortController();
    this.#call(0, false, caller.signal);
    await sleep(afterMs);
    caller.abort();
  }

  /** A session that is not started makes no request and has no timer while nobody waits. */
  async #idle(): Promise<void> {
    const backEnd = this.#backEnd;
    await sleep(20_000);
    if (this.#waiting > 0 || backEnd.underWay.size > 0) return;
    const { requests } = backEnd;
    await sleep(400_000);
    expect(backEnd.requests).toBe(requests);
    expect(vi.getTimerCount()).toBe(0);
  }
}

/** Whether a snapshot is one of the table of states. */
function isSound({ state, token, error, retryAt }: RoomTokenSessionSnapshot): boolean {
  if (state === "closed") return true;
  const [withToken, withoutToken] = error === undefined ? ["ready", "idle"] : ["degraded", "failed"];
  return (
    state === (token === undefined ? withoutToken : withToken) &&
    (retryAt === undefined || error !== undefined)
  );
}
