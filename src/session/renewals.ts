// What can be under way at one time:
//
//   getToken(), no valid token ----- waits for ----+
//   getToken(), stale token -------- begins one ---+--->  the renewal under way  (at most one)
//   the timer, if started ---------- begins one ---+        asks refresh, or create, or refresh and then create
//                                                           |
//   forceRefresh during a renewal -- waits for ----+        | over: success, or failure and its pause
//   getToken() during a pause ------ waits for ----+        v
//   getToken() at waking, while a                  +--->  the renewal waiting behind it  (at most one)
//     request from before the sleep                |        begins when the other is over, after the pause
//     is given up ------------------ waits for ----+
//
//   the schedule timer (at most one) waits for the earliest of: the next attempt, the death of the token
//
// Whoever waits for a renewal shares its token, or its error. Nobody waits for a room or a listener.

import type { RoomTokenError, RoomTokenOperation } from "../errors/room-token-error.ts";
import { askCallback } from "./attempt.ts";
import { elapsedClock, LONG_AGO, NEVER, type Now } from "./clock.ts";
import { CurrentGrant } from "./current-grant.ts";
import type { RoomTokenSessionState } from "./events.ts";
import { afterOnline, type Failure, failureAfter, mayAskAt } from "./failure.ts";
import { type HeldGrant, holdGiven } from "./held-grant.ts";
import { nextOperation, turnAfter } from "./next-operation.ts";
import type { SessionSettings } from "./options.ts";
import { isRefusal } from "./refusal.ts";
import { Renewal } from "./renewal.ts";
import { Reporter } from "./reporter.ts";
import { closedError, expiredError, laterError } from "./session-errors.ts";
import { setTimer, type Timer } from "./timer.ts";

const ROOM_REFRESH_PAUSE_MS = 30_000;

/**
 * The renewals of a session: what is held, what failed, what is under way, and when the next one comes. All moments
 * are those of its clock, which begins at 0.
 */
export class Renewals {
  readonly now: Now = elapsedClock();
  readonly current: CurrentGrant;
  readonly report: Reporter;
  /** Whether it renews by itself, ahead of the token's end. */
  isStarted = false;
  readonly #settings: SessionSettings;
  #timer: Timer | undefined;
  #isClosed = false;
  #underWay: Renewal | undefined;
  #waiting: Renewal | undefined;
  #failure: Failure | undefined;
  #refusedRefreshToken: string | undefined;
  /** When the network last came back. */
  #onlineAt = LONG_AGO;
  /** When a room last caused a forced refresh. */
  #forcedAt = LONG_AGO;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    const { grant, create, askedLifeMs } = settings;
    const held = grant && holdGiven(grant, this.now(), askedLifeMs);
    this.current = new CurrentGrant(this.now, create !== undefined, held);
    this.report = new Reporter(this.current, this.now, this.state);
  }

  get state(): RoomTokenSessionState {
    if (this.#isClosed) return "closed";
    if (this.current.validMs > 0) return this.#failure === undefined ? "ready" : "degraded";
    if (this.#failure?.isRefusal) return "failed";
    return this.current.held === undefined ? "idle" : "expired";
  }

  /** The token held as long as it will do, else that of a renewal. */
  async token(minValidityMs: number, isForced: boolean, signal?: AbortSignal): Promise<string> {
    const { current } = this;
    const { token } = current;
    if (token === undefined || isForced) return this.#join(isForced).wait(signal);
    const suffices = current.suffices(minValidityMs);
    const dueAt = suffices ? current.dueAt : 0;
    // No renewal is due, or it is too early for one after a failure.
    if (this.now() < (this.#failure === undefined ? dueAt : mayAskAt(this.#failure, false))) return token;
    const renewal = this.#join(false);
    if (suffices) return token; // the renewal goes on in the background
    return renewal.wait(signal).catch((error) => {
      if (current.validMs > 0 && !signal?.aborted) return token;
      throw error;
    });
  }

  /** Does what is due, and sets the timer to what comes next. Whatever wakes a session ends here. */
  tick(): void {
    const now = this.now();
    // A request whose own timer slept past its deadline is given up first.
    if (this.#underWay !== undefined && now > this.#underWay.giveUpAt) this.#underWay.abort.abort();
    if (now >= this.#attemptAt) this.#begin(this.#waiting ?? new Renewal());
    this.report.state(this.state);
    clearTimeout(this.#timer);
    const deathAt = this.isStarted ? this.current.diesAt : NEVER; // then the state changes, and listeners are told
    const delayMs = Math.min(this.#attemptAt, deathAt) - now;
    const isWanted = this.#waiting !== undefined;
    if (delayMs < NEVER) this.#timer = setTimer(() => this.tick(), delayMs, isWanted);
  }

  /** The user or the network is back: after a failure the next attempt may come sooner, if the server allows it. */
  wake(isOnline: boolean): void {
    if (isOnline) this.#onlineAt = this.now();
    const failure = this.#failure;
    // After a transient failure the next attempt is soon anyway: only the network brings it forward.
    if (failure !== undefined && (isOnline || failure.isRefusal)) this.#failure = afterOnline(failure);
    this.tick();
  }

  close(): void {
    const renewals = [this.#underWay, this.#waiting];
    this.#isClosed = true;
    this.isStarted = false;
    this.#underWay = this.#waiting = this.#failure = this.#refusedRefreshToken = undefined;
    this.current.wipe();
    for (const renewal of renewals) {
      renewal?.fail(closedError());
      renewal?.abort.abort();
    }
    this.tick();
    this.report.clear();
  }

  /** The forced refresh that a disconnected room causes, at most one in 30 s. Listeners are told of its failure. */
  refreshForRoom(): void {
    const now = this.now();
    if (now < this.#forcedAt + ROOM_REFRESH_PAUSE_MS) return;
    this.#forcedAt = now;
    this.token(0, true).catch(() => {});
  }

  /** The renewal to wait for: the one under way if it will do, else the one behind it. */
  #join(isForced: boolean): Renewal {
    this.tick();
    if (this.#isClosed) throw closedError();
    const underWay = this.#underWay;
    if (underWay === undefined) this.#throwIfTooEarly(isForced);
    // Who forces joins only a renewal that has sent nothing yet, whose giveUpAt is NEVER; nobody joins one that
    // slept past its deadline.
    const latest = isForced ? NEVER : this.now();
    let renewal = underWay;
    if (renewal === undefined || renewal.giveUpAt < latest) {
      this.#waiting ??= new Renewal();
      renewal = this.#waiting;
    }
    renewal.isForced ||= isForced;
    this.tick();
    return renewal;
  }

  /**
   * After a refusal nobody waits for the next attempt: a caller sets it off now, or is rejected. After a transient
   * failure a caller waits for it if it comes within `timeoutMs`.
   */
  #throwIfTooEarly(isForced: boolean): void {
    const failure = this.#failure;
    if (failure === undefined) return;
    const waitMs = mayAskAt(failure, isForced) - this.now();
    const longestMs = failure.isRefusal ? 0 : this.#settings.timeoutMs;
    if (waitMs > longestMs) throw laterError(this.#shownError(failure), waitMs);
  }

  /** When the next renewal begins; never while one is under way, or none is wanted. */
  get #attemptAt(): number {
    const isWanted = this.#waiting !== undefined;
    if (this.#underWay !== undefined || !(isWanted || this.isStarted)) return NEVER;
    const failure = this.#failure;
    // Whoever waits after a refusal was let through by #throwIfTooEarly. Everything else waits out the pause.
    if (failure !== undefined && !(isWanted && failure.isRefusal)) return failure.retryAt;
    return isWanted ? 0 : this.current.dueAt;
  }

  async #begin(renewal: Renewal): Promise<void> {
    this.#underWay = renewal;
    this.#waiting = undefined;
    await undefined; // whoever asks in the same turn still shares it, also a forced refresh
    const attemptedAt = this.now();
    try {
      this.#succeed(renewal, await this.#renew(renewal));
    } catch (error) {
      this.#fail(renewal, error as RoomTokenError, attemptedAt);
    }
    this.tick();
  }

  /** One request; where it finds the refresh token refused, a create at once. */
  async #renew(renewal: Renewal): Promise<HeldGrant> {
    const { held } = this.current;
    const settings = this.#settings;
    const ask = (operation: RoomTokenOperation) => {
      renewal.asked.push(operation);
      return askCallback(operation, renewal, held, settings, this.now);
    };
    const first = nextOperation(held, settings, this.#failure, this.#refusedRefreshToken, this.now());
    const inTurn = this.#failure?.isRefusal; // create was asked already, and was refused
    try {
      return await ask(first);
    } catch (error) {
      const isLast = first === "create" || settings.create === undefined || inTurn;
      if (isLast || !isRefusal(error as RoomTokenError)) throw error;
      this.#refusedRefreshToken = held?.grant.refreshToken;
      this.report.error(error as RoomTokenError, 0);
      return ask("create");
    }
  }

  #succeed(renewal: Renewal, held: HeldGrant): void {
    if (this.#underWay !== renewal) return; // closed
    this.#failure = this.#underWay = undefined;
    this.current.replace(held);
    renewal.succeed(held.grant.token);
    this.report.token(held);
  }

  #fail(renewal: Renewal, error: RoomTokenError, attemptedAt: number): void {
    if (this.#underWay !== renewal) return; // closed
    const now = this.now();
    const { asked } = renewal;
    const { diesAt } = this.current;
    const failed = { error, attemptedAt, failedAt: now, diesAt, turn: turnAfter(asked) };
    let failure = failureAfter(this.#failure, failed);
    if (this.#onlineAt >= attemptedAt) failure = afterOnline(failure);
    // Both were refused: it may be something in between, so both are asked again.
    if (failure.isRefusal && asked.includes("create")) this.#refusedRefreshToken = undefined;
    this.#failure = failure;
    this.#underWay = undefined;
    const shown = this.#shownError(failure);
    const waitMs = Math.max(0, failure.retryAt - now);
    renewal.fail(shown);
    if (failure.isRefusal || waitMs > this.#settings.timeoutMs) {
      this.#waiting?.fail(laterError(shown, waitMs));
      this.#waiting = undefined;
    }
    this.report.error(shown, failure.isRefusal && !this.isStarted ? undefined : waitMs);
  }

  /** What callers and listeners are given: `session_expired` where a refusal can only mean that. */
  #shownError({ error, isRefusal }: Failure): RoomTokenError {
    return isRefusal && this.current.isOver ? expiredError(error) : error;
  }
}
