import { RoomTokenError } from "../errors.ts";
import { ElapsedClock } from "./clock.ts";
import { Emitter, type RoomTokenSessionEvents, type RoomTokenSessionState } from "./events.ts";
import { Flight } from "./flight.ts";
import { drawRenewal, type Held, lastRefreshAt } from "./lifetime.ts";
import type { SessionSettings } from "./options.ts";
import { chooseRoute, request } from "./renewal.ts";
import { Alarm } from "./schedule.ts";
import { backoffMs, isPermanent, NO_SETBACK, type Setback, withRetryAfter } from "./setback.ts";

/** A network that comes and goes brings no more than one attempt in this time. */
const ONLINE_PAUSE_MS = 1000;

/**
 * The machine inside a session: what is held, what went wrong, which renewal is under way, and when the next
 * one comes. It changes in four places: `commit`, `#fail`, `online` and `close`.
 */
export class Keeper {
  readonly clock: ElapsedClock = new ElapsedClock();
  readonly events: Emitter<RoomTokenSessionEvents> = new Emitter();
  readonly closing: AbortController = new AbortController();
  /** Whether it renews by itself, ahead of the token's end. */
  started = false;
  readonly #settings: SessionSettings;
  readonly #alarm: Alarm = new Alarm(() => this.tick());
  #held: Held | undefined;
  #renewAt: number | undefined;
  #setback: Setback = NO_SETBACK;
  #refusedRefreshToken: string | undefined;
  /** The renewal under way, and the one that is wanted after it or after a pause. */
  #flight: Flight | undefined;
  #next: Flight | undefined;
  #toldState: RoomTokenSessionState;
  #toldExpiring = false;

  constructor(settings: SessionSettings, take: (now: number) => Held | undefined) {
    this.#settings = settings;
    this.#held = take(this.clock.now());
    this.#toldState = this.state;
  }

  get held(): Held | undefined {
    return this.#held;
  }

  /** For how much longer the token held can be given out, in milliseconds. */
  get validMs(): number {
    return this.#held === undefined ? 0 : Math.max(0, this.#held.deadAt - this.clock.now());
  }

  get state(): RoomTokenSessionState {
    if (this.closing.signal.aborted) return "closed";
    if (this.validMs > 0) return this.#setback.failures > 0 ? "degraded" : "ready";
    if (this.#setback.retryAt === Infinity) return "failed";
    return this.#held === undefined ? "idle" : "expired";
  }

  /** Whether attempts are held back after a failure. */
  get paused(): boolean {
    return this.clock.now() < this.#setback.retryAt;
  }

  /** Whether the token held is stale or dead. Its jitter is drawn here, not where a constructor could come by. */
  get due(): boolean {
    return this.clock.now() >= this.#dueAt();
  }

  /**
   * The renewal to wait for: the one under way, unless it is too old for a forced refresh; else the next one.
   *
   * @throws RoomTokenError where there is none, or none within `timeoutMs`.
   */
  join(forced: boolean): Flight {
    this.#tell();
    let flight = this.#flight;
    if (flight === undefined || (forced && flight.sent)) {
      if (this.closing.signal.aborted) throw sessionClosed();
      const { error, retryAt } = this.#setback;
      const waitMs = retryAt - this.clock.now();
      if (error !== undefined && waitMs > this.#settings.timeoutMs) throw this.#refusal(error, waitMs);
      flight = this.#next ??= new Flight();
    }
    flight.forced ||= forced;
    this.tick();
    return flight;
  }

  /** Does what the time has come for, and sets the timer to what comes next. All that wakes a session ends here. */
  tick(): void {
    if (this.clock.now() >= this.#attemptAt()) void this.#fly(this.#next ?? new Flight());
    this.#tell();
    const now = this.clock.now();
    const { validMs } = this;
    const diesAt = this.started && validMs > 0 ? now + validMs : Infinity;
    this.#alarm.set(Math.min(this.#attemptAt(), diesAt) - now, this.#next !== undefined);
  }

  /** The network is back: no use in waiting on, unless it is the server that asked for it. */
  online(): void {
    const { error, retryAt, attemptedAt } = this.#setback;
    if (error !== undefined && error.retryAfterMs === undefined && retryAt < Infinity) {
      this.#setback = { ...this.#setback, retryAt: Math.min(retryAt, attemptedAt + ONLINE_PAUSE_MS) };
    }
    this.tick();
  }

  close(): void {
    this.started = false;
    this.closing.abort();
    for (const flight of [this.#flight, this.#next]) flight?.reject(sessionClosed());
    this.#flight = this.#next = this.#held = this.#refusedRefreshToken = undefined;
    this.tick();
    this.events.clear();
  }

  report(error: RoomTokenError, retryInMs: number): void {
    const willRetry = retryInMs < Infinity;
    const tokenValidForMs = this.validMs;
    this.events.emit("error", { error, willRetry, ...(willRetry && { retryInMs }), tokenValidForMs });
  }

  /** When the renewal is due. Without `create` there is one more shortly before the refresh token dies. */
  #dueAt(): number {
    const held = this.#held;
    if (held === undefined) return -Infinity;
    this.#renewAt ??= drawRenewal(held);
    const lastAt = lastRefreshAt(held);
    return this.#settings.create === undefined && held.bornAt < lastAt
      ? Math.min(this.#renewAt, lastAt)
      : this.#renewAt;
  }

  /** When the next renewal begins. */
  #attemptAt(): number {
    if (this.#flight !== undefined) return Infinity;
    if (this.#next !== undefined) return this.#setback.retryAt;
    return this.started ? Math.max(this.#dueAt(), this.#setback.retryAt) : Infinity;
  }

  async #fly(flight: Flight): Promise<void> {
    this.#flight = flight;
    this.#next = undefined;
    await undefined; // whoever asks in the same turn still shares it, a forced refresh too
    flight.sent = true;
    const attemptedAt = this.clock.now();
    try {
      const held = await this.#renew(flight.forced);
      if (!this.closing.signal.aborted) this.#commit(flight, held);
    } catch (error) {
      if (!this.closing.signal.aborted) this.#fail(flight, error as RoomTokenError, attemptedAt);
    }
    this.tick();
  }

  /** One renewal: a request, and where it finds the refresh token refused, a create at once. */
  async #renew(forced: boolean): Promise<Held> {
    const {
      clock,
      closing: { signal },
    } = this;
    const settings = this.#settings;
    const held = this.#held;
    const route = chooseRoute(held, this.#refusedRefreshToken, this.#setback.failures, clock.now(), settings);
    try {
      return await request(route, held, forced, clock, signal, settings);
    } catch (error) {
      if (route === "create" || !isPermanent(error)) throw error;
      this.#refusedRefreshToken = held?.grant.refreshToken;
      if (settings.create === undefined) throw error;
      this.report(error as RoomTokenError, 0);
      return request("create", held, forced, clock, signal, settings);
    }
  }

  #commit(flight: Flight, held: Held): void {
    const isNew = held !== this.#held;
    this.#setback = NO_SETBACK;
    this.#flight = undefined;
    this.#held = held;
    if (isNew) this.#renewAt = undefined;
    const { token, tokenExpiresAt } = held.grant;
    flight.resolve(token);
    if (isNew) this.events.emit("token", { token, tokenExpiresAt: new Date(tokenExpiresAt) });
    if (this.#settings.create !== undefined || this.#toldExpiring || held.bornAt < lastRefreshAt(held))
      return;
    this.#toldExpiring = true;
    this.events.emit("expiring", { at: new Date(Date.now() + held.endsAt - this.clock.now()) });
  }

  #fail(flight: Flight, error: RoomTokenError, attemptedAt: number): void {
    const { failures } = this.#setback;
    const waitMs = isPermanent(error) ? Infinity : backoffMs(failures, error.retryAfterMs);
    this.#setback = { failures: failures + 1, error, attemptedAt, retryAt: this.clock.now() + waitMs };
    this.#flight = undefined;
    flight.reject(this.state === "failed" ? sessionExpired(error) : error);
    if (waitMs > this.#settings.timeoutMs) {
      this.#next?.reject(this.#refusal(error, waitMs));
      this.#next = undefined;
    }
    this.report(error, waitMs);
  }

  /** Why nobody is let wait for the next attempt. */
  #refusal(error: RoomTokenError, waitMs: number): RoomTokenError {
    if (this.state === "failed") return sessionExpired(error);
    return waitMs === Infinity ? error : withRetryAfter(error, waitMs);
  }

  /** Tells the listeners when the state has changed, be it by the passing of time. */
  #tell(): void {
    const { state } = this;
    const previous = this.#toldState;
    if (state === previous) return;
    const { error } = this.#setback;
    this.#toldState = state;
    if (state === "failed" && error !== undefined) this.report(sessionExpired(error), Infinity);
    this.events.emit("state", { state, previous });
  }
}

function sessionClosed(): RoomTokenError {
  return new RoomTokenError("session_closed", "The session is closed");
}

function sessionExpired(cause: RoomTokenError): RoomTokenError {
  const problem = "its token is dead, and another was refused";
  return new RoomTokenError("session_expired", `The session has ended: ${problem}`, {
    cause,
    status: cause.status,
  });
}
