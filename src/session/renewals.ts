// What follows from what:
//
//     the demand: callers that wait,       the facts: the token and refresh token held,
//     the page from start() to stop()      the last failure, when the last request was sent
//                         |                           |                     ^
//                         +-----> nextAttemptAt() <---+                     | commits
//                                       |                                   |
//     calls, page events,               v                                   |
//     the timer, outcomes ----------> #step ----> create or refresh ----> #settle ----> notifies those that wait
//                                       |         begins one at a time,
//                                       v         gives it up at its deadline
//                      sets the timer, calls the listeners

import { reportAttempt } from "../errors/attempt-event.ts";
import { RoomTokenError, type RoomTokenOperation } from "../errors/room-token-error.ts";
import { timeoutError } from "../errors/thrown-error.ts";
import { elapsedClock, NEVER, type Now } from "./clock.ts";
import { Demand } from "./demand.ts";
import { type Facts, NO_FACTS, nextAttemptAt, nextOperation, savedGrant } from "./facts.ts";
import { errorInPause, failureAfter } from "./failure.ts";
import type { Grant, SavedRoomTokenGrant } from "./grant.ts";
import { holdGiven, isValidFor } from "./held-token.ts";
import type { SessionSettings, TokenRequest } from "./options.ts";
import { errorContext, type RenewalRequest, type Renewed, renew } from "./request.ts";
import { type RoomTokenSessionSnapshot, Snapshots, stateOf } from "./snapshots.ts";
import { setTimer, type Timer } from "./timer.ts";

/** The attempt under way: one request, or a refused refresh and then a create. These are the facts of its last request. */
interface Attempt extends RenewalRequest {
  /** False if a caller or the page began it in the pause after a failure. */
  readonly isInTurn: boolean;
}

/** The renewals of a session. All times are of its clock. */
export class Renewals {
  readonly snapshots: Snapshots = new Snapshots(() => this.#read());
  readonly #settings: SessionSettings;
  readonly #now: Now = elapsedClock();
  readonly #demand: Demand = new Demand();
  #facts: Facts = NO_FACTS;
  #attempt: Attempt | undefined;
  #timer: Timer | undefined;

  constructor(settings: SessionSettings, grant: Grant | undefined) {
    this.#settings = settings;
    if (grant === undefined) return;
    this.#facts = { ...NO_FACTS, held: holdGiven(grant, this.#now()), refreshToken: grant.refreshToken };
  }

  get grant(): SavedRoomTokenGrant | undefined {
    return savedGrant(this.#facts);
  }

  /** How much longer the token held can be used, in milliseconds. Reads no clock if there is none. */
  get validForMs(): number {
    const { held } = this.#facts;
    return held === undefined ? 0 : Math.max(0, held.usableUntil - this.#now());
  }

  get #validToken(): string | undefined {
    return this.validForMs > 0 ? this.#facts.held?.token : undefined;
  }

  /** The token held, as long as it is valid for long enough, else that of a renewal. */
  getToken({ minValidityMs, forceRefresh, signal }: TokenRequest): string | Promise<string> {
    const { held } = this.#facts;
    const now = this.#now();
    if (held === undefined || forceRefresh || !isValidFor(held, minValidityMs, now))
      return this.#renewedToken(forceRefresh, signal);
    if (now >= this.#nextAt) this.#step(true);
    return held.token;
  }

  /** On a started session it counts as a page that is back. */
  start(): void {
    const demand = this.#demand;
    if (demand.mode === "closed") throw closedError();
    if (demand.mode === "started") demand.isPageBack = true;
    else demand.start(() => this.start());
    this.#step();
  }

  stop(): void {
    if (this.#demand.mode === "started") this.#demand.end("stopped");
    this.#step();
  }

  close(): void {
    const attempt = this.#attempt;
    this.#demand.end("closed");
    this.#facts = NO_FACTS;
    for (const caller of this.#endAttempt()) caller.reject(closedError());
    attempt?.controller.abort();
    this.#step();
  }

  /** The token of the attempt under way or the next one. If that fails, the token held still serves while it is valid. */
  async #renewedToken(isForced: boolean, signal: AbortSignal | undefined): Promise<string> {
    this.#step(); // gives up a request that slept past its deadline
    if (this.#demand.mode === "closed") throw closedError(); // perhaps by a listener just now
    const fallback = () => (isForced || signal?.aborted ? undefined : this.#validToken);
    const isJoining = this.#attempt !== undefined;
    if (!isJoining) {
      const { failure } = this.#facts;
      const isUrgent = isForced || this.#demand.isUrgent;
      const pauseMs = nextAttemptAt(this.#facts, true, isUrgent) - this.#now();
      const token = fallback();
      if (pauseMs > 0 && token !== undefined) return token;
      if (failure && pauseMs > this.#settings.timeoutMs) throw errorInPause(failure.error, pauseMs);
    }
    const renewed = this.#demand.wait(isForced && !isJoining, signal, () => this.#step());
    this.#step();
    return renewed.catch(() => fallback() ?? renewed);
  }

  /** When the next attempt begins, if one is wanted. */
  get #nextAt(): number {
    const { isWaitedFor, isUrgent } = this.#demand;
    return this.#attempt === undefined ? nextAttemptAt(this.#facts, isWaitedFor, isUrgent) : NEVER;
  }

  /** When the attempt under way is given up. */
  get #giveUpAt(): number {
    return this.#attempt === undefined ? NEVER : this.#facts.lastSentAt + this.#settings.timeoutMs;
  }

  /**
   * Does what is due, sets the timer for what comes next, and calls the listeners.
   *
   * @param isWanted Whether a caller wants an attempt without waiting for it.
   */
  #step(isWanted = false): void {
    const now = this.#now();
    if (this.#attempt !== undefined && now >= this.#giveUpAt) this.#giveUp(this.#attempt);
    if ((isWanted || this.#demand.isAny) && now >= this.#nextAt) this.#begin(now);
    const nextAt = this.#demand.isAny ? this.#nextAt : NEVER;
    const { usableUntil = NEVER } = this.#facts.held ?? {};
    // The listeners of a started session hear when its token expires.
    const expiresAt = this.#demand.mode === "started" && now < usableUntil ? usableUntil : NEVER;
    const ringAt = Math.min(nextAt, this.#giveUpAt, expiresAt);
    clearTimeout(this.#timer);
    if (ringAt < NEVER) this.#timer = setTimer(() => this.#step(), ringAt - now, this.#demand.isWaitedFor);
    this.snapshots.notify();
  }

  #begin(now: number): void {
    const { failure, held, refreshToken } = this.#facts;
    const isInTurn = failure === undefined || now >= failure.retryAt;
    this.#demand.isPageBack = false; // this is the attempt that the page came back for
    this.#send(nextOperation(this.#facts, this.#settings), { token: held?.token, refreshToken, isInTurn });
  }

  async #send(
    operation: RoomTokenOperation,
    begun: Pick<Attempt, "token" | "refreshToken" | "isInTurn">,
  ): Promise<void> {
    const sentAt = this.#now();
    const attempt = { ...begun, operation, sentAt, controller: new AbortController() };
    this.#attempt = attempt;
    this.#facts = { ...this.#facts, lastSentAt: sentAt };
    const outcome = await renew(attempt, this.#settings, this.#now);
    if (attempt !== this.#attempt) return; // given up, or closed
    this.#settle(attempt, outcome);
    this.#step();
  }

  #giveUp(attempt: Attempt): void {
    this.#settle(attempt, timeoutError(errorContext(attempt), this.#settings.timeoutMs));
    attempt.controller.abort();
  }

  /** Commits what a request brought, or why it brought nothing, and notifies those that wait. */
  #settle(attempt: Attempt, outcome: Renewed | RoomTokenError): void {
    const { operation, isInTurn } = attempt;
    if (!(outcome instanceof RoomTokenError)) {
      const { held, refreshToken = this.#facts.refreshToken } = outcome;
      this.#report(attempt, outcome);
      this.#facts = { ...this.#facts, held, refreshToken, failure: undefined };
      for (const caller of this.#endAttempt()) caller.resolve(held.token);
    } else if (operation === "refresh" && !outcome.retryable && this.#settings.create !== undefined) {
      this.#report(attempt, outcome, 0);
      this.#facts = { ...this.#facts, refreshToken: undefined };
      this.#send("create", attempt);
    } else {
      const callers = this.#endAttempt();
      const now = this.#now();
      const failure = failureAfter(this.#facts.failure, outcome, isInTurn, now);
      this.#report(attempt, outcome, this.#demand.isAny ? failure.retryAt - now : undefined);
      this.#facts = { ...this.#facts, failure };
      for (const caller of callers) caller.reject(outcome);
    }
  }

  #endAttempt(): ReturnType<Demand["takeCallers"]> {
    this.#attempt = undefined;
    return this.#demand.takeCallers();
  }

  /** Calls `onAttempt`, before the outcome is committed: the failures before it are counted. */
  #report({ operation, sentAt }: Attempt, outcome: Renewed | RoomTokenError, retryInMs?: number): void {
    const { onAttempt } = this.#settings;
    if (onAttempt === undefined) return;
    const { status, code, requestId } = outcome;
    const attempt = (this.#facts.failure?.count ?? 0) + 1;
    const durationMs = this.#now() - sentAt;
    reportAttempt(onAttempt, { operation, attempt, status, code, requestId, durationMs, retryInMs });
  }

  #read(): RoomTokenSessionSnapshot {
    const token = this.#validToken;
    const { error, retryAtEpochMs } = this.#facts.failure ?? {};
    const state = this.#demand.mode === "closed" ? "closed" : stateOf(token, error);
    return { state, token, error, retryAt: this.#demand.isAny ? retryAtEpochMs : undefined };
  }
}

function closedError(): RoomTokenError {
  return new RoomTokenError("session_closed", "The session is closed: make a new one");
}
