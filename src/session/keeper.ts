import { invalidArgument, type RoomTokenError, type RoomTokenOperation } from "../errors.ts";
import { ElapsedClock, rearm, type Timer } from "./clock.ts";
import { Emitter, type RoomTokenSessionEvents, type RoomTokenSessionState } from "./events.ts";
import { Flight } from "./flight.ts";
import { chooseRoute, drawRenewal, type Held, type RoomTokenGrantInput, takeGiven } from "./grants.ts";
import type { SessionSettings } from "./options.ts";
import { hastened, isPermanent, NO_SETBACK, refusal, type Setback, setBack } from "./setback.ts";

/**
 * The machine inside a session: what is held, what went wrong, which renewal is under way, and when the next
 * one comes. All times are those of its clock.
 */
export class Keeper {
  readonly clock: ElapsedClock = new ElapsedClock();
  readonly events: Emitter<RoomTokenSessionEvents> = new Emitter();
  /** The grant in use. */
  held: Held | undefined;
  /** Whether it renews by itself, ahead of the token's end. */
  started = false;
  /** When a room last made it force a refresh. */
  forcedAt: number = -Infinity;
  readonly #settings: SessionSettings;
  #closed = false;
  #timer: Timer | undefined;
  #setback: Setback = NO_SETBACK;
  #renewAt: number | undefined;
  #refusedRefreshToken: string | undefined;
  /** The whole life of the newest token that was asked for: renewing for more than that is no use. */
  #reachMs: number = Infinity;
  /** When the network last came back. */
  #onlineAt: number = -Infinity;
  /** The renewal under way, and the one that is wanted after it or after a pause. */
  #flight: Flight | undefined;
  #next: Flight | undefined;
  #toldState: RoomTokenSessionState;
  #toldExpiring = false;

  constructor(settings: SessionSettings, grant: RoomTokenGrantInput | undefined) {
    this.#settings = settings;
    if (grant !== undefined) this.held = takeGiven(grant, this.clock.now(), settings.ttlMs);
    else if (settings.create === undefined) throw invalidArgument("grant", "given where create is not");
    this.#toldState = this.state;
  }

  /** For how much longer the token held can be given out, in milliseconds. */
  get validMs(): number {
    return this.held === undefined ? 0 : Math.max(0, this.held.deadAt - this.clock.now());
  }

  get state(): RoomTokenSessionState {
    if (this.#closed) return "closed";
    if (this.validMs > 0) return this.#setback.error === undefined ? "ready" : "degraded";
    if (this.#setback.retryAt === Infinity) return "failed";
    return this.held === undefined ? "idle" : "expired";
  }

  /** What `getToken` gives: the token held as long as it will do, else that of a renewal. */
  async token(minValidityMs: number, forced: boolean, signal?: AbortSignal): Promise<string> {
    const { held, validMs } = this;
    if (held === undefined || validMs <= 0 || forced) return this.#join(forced).wait(signal);
    const { token } = held.grant;
    const now = this.clock.now();
    const suffices = validMs >= minValidityMs || minValidityMs > this.#reachMs;
    if (now < this.#setback.retryAt || (suffices && now < this.#dueAt())) return token;
    const flight = this.#join(false);
    if (suffices) return token;
    return flight.wait(signal).catch((failure) => {
      if (this.validMs > 0 && !signal?.aborted) return token;
      throw failure;
    });
  }

  /** Does what the time has come for, and sets the timer to what comes next. All that wakes a session ends here. */
  tick(): void {
    const flight = this.#flight;
    if (flight !== undefined && this.clock.now() > flight.giveUpAt) flight.request.abort(); // its timer slept
    if (this.clock.now() >= this.#attemptAt()) void this.#fly(this.#next ?? new Flight());
    this.#tell();
    const now = this.clock.now();
    const diesAt = this.started && this.validMs > 0 ? now + this.validMs : Infinity;
    const waitMs = Math.min(this.#attemptAt(), diesAt) - now;
    this.#timer = rearm(this.#timer, () => this.tick(), waitMs, this.#next !== undefined);
  }

  /** The network is back: no use in waiting on, unless the server asked for it; at most one attempt a second. */
  online(): void {
    this.#onlineAt = this.clock.now();
    this.#setback = hastened(this.#setback);
    this.tick();
  }

  close(): void {
    this.started = false;
    this.#closed = true;
    this.#setback = NO_SETBACK;
    const flights = [this.#flight, this.#next];
    this.#flight = this.#next = this.held = this.#refusedRefreshToken = undefined;
    for (const flight of flights) {
      flight?.reject(this.#refusal());
      flight?.request.abort();
    }
    this.tick();
    this.events.clear();
  }

  /** Tells of an error; `Infinity`: nothing will be tried again because of it. */
  report(error: RoomTokenError, retryInMs: number = Infinity): void {
    const willRetry = retryInMs < Infinity;
    const tokenValidForMs = this.validMs;
    this.events.emit("error", { error, willRetry, ...(willRetry && { retryInMs }), tokenValidForMs });
  }

  /** The renewal to wait for: the one under way, unless it is too old for a forced refresh; else the next one. */
  #join(forced: boolean): Flight {
    this.#tell();
    let flight = this.#flight;
    if (flight === undefined || (forced && flight.giveUpAt < Infinity)) {
      const waitMs = this.#setback.retryAt - this.clock.now();
      if (this.#closed || waitMs > this.#settings.timeoutMs) throw this.#refusal();
      flight = this.#next ??= new Flight();
    }
    flight.forced ||= forced;
    this.tick();
    return flight;
  }

  #refusal(): RoomTokenError {
    return refusal(this.#setback, this.state === "failed", this.clock.now());
  }

  /** When the renewal is due. Without `create` there is one more shortly before the refresh token dies. */
  #dueAt(): number {
    const held = this.held;
    if (held === undefined) return -Infinity;
    this.#renewAt ??= drawRenewal(held);
    const isLast = this.#settings.create !== undefined || held.bornAt >= held.lastRefreshAt;
    return isLast ? this.#renewAt : Math.min(this.#renewAt, held.lastRefreshAt);
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
    const attemptedAt = this.clock.now();
    try {
      this.#commit(flight, await this.#renew(flight));
    } catch (error) {
      this.#fail(flight, error as RoomTokenError, attemptedAt);
    }
    this.tick();
  }

  /** One renewal: a request, and where it finds the refresh token refused, a create at once. */
  async #renew(flight: Flight): Promise<Held> {
    const { failures } = this.#setback;
    const hasCreate = this.#settings.create !== undefined;
    const now = this.clock.now();
    const send = (by: RoomTokenOperation) => flight.send(by, this.held, this.clock, this.#settings);
    const operation = chooseRoute(this.held, this.#refusedRefreshToken, failures, now, hasCreate);
    try {
      return await send(operation);
    } catch (thrown) {
      const error = thrown as RoomTokenError;
      if (operation === "create" || !isPermanent(error)) throw error;
      this.#refusedRefreshToken = this.held?.grant.refreshToken;
      if (!hasCreate) throw error;
      this.report(error, 0);
      return send("create");
    }
  }

  #commit(flight: Flight, held: Held): void {
    if (this.#flight !== flight) return; // closed
    const isNew = held !== this.held;
    this.#setback = NO_SETBACK;
    this.#flight = undefined;
    this.held = held;
    this.#reachMs = held.deadAt - held.bornAt;
    if (isNew) this.#renewAt = undefined;
    const { token, tokenExpiresAt } = held.grant;
    flight.resolve(token);
    if (isNew) this.events.emit("token", { token, tokenExpiresAt: new Date(tokenExpiresAt) });
    if (this.#settings.create !== undefined || this.#toldExpiring || held.bornAt < held.lastRefreshAt) return;
    this.#toldExpiring = true;
    this.events.emit("expiring", { at: new Date(Date.now() + held.endsAt - this.clock.now()) });
  }

  #fail(flight: Flight, error: RoomTokenError, attemptedAt: number): void {
    if (this.#flight !== flight) return; // closed
    this.#setback = setBack(this.#setback.failures, error, attemptedAt, this.clock.now());
    if (this.#onlineAt >= attemptedAt) this.#setback = hastened(this.#setback);
    const waitMs = Math.max(0, this.#setback.retryAt - this.clock.now());
    if (flight.forced) this.#renewAt = -Infinity; // the token held is suspected: until it is replaced
    this.#flight = undefined;
    flight.reject(this.state === "failed" ? this.#refusal() : error);
    if (waitMs > this.#settings.timeoutMs) {
      this.#next?.reject(this.#refusal());
      this.#next = undefined;
    }
    this.report(error, waitMs);
  }

  /** Tells the listeners when the state has changed, be it by the passing of time. */
  #tell(): void {
    const { state } = this;
    const previous = this.#toldState;
    if (state === previous) return;
    this.#toldState = state;
    this.events.emit("state", { state, previous });
    if (state === "failed") this.report(this.#refusal());
  }
}
