// What follows from what:
//
//      callers that wait, start(), a page that is back = the demand        the facts = token and refresh token held,
//                                     |                                                last failure, last request
//                                     +---------------------+---------------------------+            ^
//                                                           v                                        |
//                                                     nextAttemptAt()                                |
//                                                           |                                        |
//      calls, page events, the timer ------------------> #step  begins an attempt (at most one)      |
//                 ^                                         |   or gives up one that takes too long  |
//                 |                                         v                                        |
//                 +--- sets the timer              renew() = create or refresh ---> #settle ---------+
//                      calls the listeners                                          commits the outcome,
//                                                                                   tells those that wait
//
// Every call, event, timer and outcome ends in #step. Whoever waits for an attempt shares its token, or its error.

import { reportAttempt } from "../errors/attempt-event.ts";
import { RoomTokenError, type RoomTokenOperation } from "../errors/room-token-error.ts";
import { timeoutError } from "../errors/thrown-error.ts";
import { Alarm } from "./alarm.ts";
import { elapsedClock, NEVER, type Now } from "./clock.ts";
import { Demand } from "./demand.ts";
import {
  afterSuccess,
  type Facts,
  isInTurn,
  NO_FACTS,
  nextAttemptAt,
  nextOperation,
  savedGrant,
} from "./facts.ts";
import { failureAfter } from "./failure.ts";
import type { Grant, SavedRoomTokenGrant } from "./grant.ts";
import { holdGiven } from "./held-token.ts";
import type { SessionSettings, TokenRequest } from "./options.ts";
import { eventOf, failedRequest, type RenewalRequest, type Renewed, renew } from "./request.ts";
import { closedError, errorInPause } from "./session-errors.ts";
import { type RoomTokenSessionSnapshot, Snapshots, stateOf } from "./snapshots.ts";
import type { Waiters } from "./waiters.ts";

/** The attempt under way: one request, or a refused refresh and then a create. */
interface Attempt {
  /** The one that is sent now. */
  readonly request: RenewalRequest;
  readonly controller: AbortController;
  readonly isInTurn: boolean;
}

/** The renewals of a session. All times are of its clock. */
export class Renewals {
  readonly snapshots: Snapshots = new Snapshots(() => this.#read());
  readonly #settings: SessionSettings;
  readonly #now: Now = elapsedClock();
  readonly #demand: Demand = new Demand(() => this.#step());
  readonly #alarm: Alarm = new Alarm(() => this.#step());
  #facts: Facts = NO_FACTS;
  #attempt: Attempt | undefined;

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
    const leftMs = this.validForMs;
    const isValid = held !== undefined && leftMs > 0;
    // A value above the life of the newest token would not be met by another one either.
    const isEnough = isValid && (leftMs >= minValidityMs || held.usableForMs < minValidityMs);
    if (!isEnough || forceRefresh) return this.#renewedToken(forceRefresh, signal);
    if (this.#now() >= this.#nextAt) this.#step(true);
    return held.token;
  }

  start(): void {
    if (this.#demand.isClosed) throw closedError();
    this.#demand.start();
    this.#step();
  }

  stop(): void {
    this.#demand.stop();
    this.#step();
  }

  close(): void {
    if (this.#demand.isClosed) return; // a listener may close it again
    const attempt = this.#attempt;
    const waiters = this.#demand.close();
    this.#facts = NO_FACTS;
    this.#attempt = undefined;
    waiters?.reject(closedError());
    attempt?.controller.abort();
    this.#step();
    this.snapshots.clear();
  }

  /** The token of the attempt under way or the next one. If that fails, a valid token still serves, unless it is rejected. */
  async #renewedToken(isForced: boolean, signal: AbortSignal | undefined): Promise<string> {
    this.#step(); // gives up a request that slept past its deadline
    if (this.#demand.isClosed) throw closedError(); // perhaps by a listener just now
    const isJoining = this.#attempt !== undefined;
    const token = isJoining ? undefined : this.#tokenInPause(isForced);
    if (token !== undefined) return token;
    const renewed = this.#demand.wait(isForced && !isJoining, signal, () => this.#step());
    this.#step();
    if (isForced) return renewed;
    return renewed.catch((error) =>
      signal?.aborted ? renewed : (this.#validToken ?? Promise.reject(error)),
    );
  }

  /** What a caller gets at once in a pause: a valid token, the last error if the pause is long, or nothing. */
  #tokenInPause(isForced: boolean): string | undefined {
    const isUrgent = isForced || this.#demand.isUrgent;
    const pauseMs = nextAttemptAt(this.#facts, { isWaitedFor: true, isUrgent }) - this.#now();
    if (pauseMs <= 0) return undefined;
    const token = isForced ? undefined : this.#validToken;
    const { failure } = this.#facts;
    if (token === undefined && failure !== undefined && pauseMs > this.#settings.timeoutMs)
      throw errorInPause(failure.error, pauseMs);
    return token;
  }

  /** Never while an attempt is under way. */
  get #nextAt(): number {
    return this.#attempt === undefined ? nextAttemptAt(this.#facts, this.#demand) : NEVER;
  }

  get #giveUpAt(): number {
    return this.#attempt === undefined ? NEVER : this.#facts.lastSentAt + this.#settings.timeoutMs;
  }

  /**
   * Does what is due, sets the timer for what comes next, and calls the listeners.
   *
   * @param isWanted Whether a caller, who does not wait, wants an attempt.
   */
  #step(isWanted = false): void {
    const now = this.#now();
    if (this.#attempt !== undefined && now >= this.#giveUpAt) this.#giveUp(this.#attempt);
    if ((isWanted || this.#demand.isAny) && now >= this.#nextAt) this.#begin(now);
    const nextAt = this.#demand.isAny ? this.#nextAt : NEVER;
    const expiresAt = (this.#demand.isStarted && this.#facts.held?.usableUntil) || NEVER;
    const ringAt = Math.min(nextAt, this.#giveUpAt, now < expiresAt ? expiresAt : NEVER);
    this.#alarm.set(ringAt - now, this.#demand.isWaitedFor);
    this.snapshots.notify();
  }

  #begin(now: number): void {
    this.#demand.attemptBegins();
    this.#send(nextOperation(this.#facts, this.#settings), isInTurn(this.#facts, now));
  }

  async #send(
    operation: RoomTokenOperation,
    isInTurn: boolean,
    refreshToken: string | undefined = this.#facts.refreshToken,
  ): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const token = this.#facts.held?.token;
    const sentAt = this.#now();
    const attempt = { request: { operation, token, refreshToken, sentAt, signal }, controller, isInTurn };
    this.#attempt = attempt;
    this.#facts = { ...this.#facts, lastSentAt: sentAt };
    const outcome = await renew(attempt.request, this.#settings, this.#now);
    if (attempt !== this.#attempt) return; // given up, or closed
    this.#settle(attempt, outcome);
    this.#step();
  }

  #giveUp(attempt: Attempt): void {
    this.#settle(attempt, timeoutError(failedRequest(attempt.request), this.#settings.timeoutMs));
    attempt.controller.abort();
  }

  /** Commits what a request brought, or why it brought nothing, and tells those that wait. */
  #settle({ request, isInTurn }: Attempt, outcome: Renewed | RoomTokenError): void {
    const attempt = (this.#facts.failure?.count ?? 0) + 1;
    if (!(outcome instanceof RoomTokenError)) {
      this.#facts = afterSuccess(this.#facts, outcome);
      this.#report(request, attempt, outcome);
      this.#endAttempt()?.resolve(outcome.held.token);
    } else if (request.operation === "refresh" && !outcome.retryable && this.#settings.create !== undefined) {
      this.#facts = { ...this.#facts, refreshToken: undefined };
      this.#report(request, attempt, outcome, 0);
      this.#send("create", isInTurn, request.refreshToken);
    } else {
      const waiters = this.#endAttempt();
      const now = this.#now();
      const failure = failureAfter(this.#facts.failure, outcome, isInTurn, now);
      this.#facts = { ...this.#facts, failure };
      this.#report(request, attempt, outcome, this.#demand.isAny ? failure.retryAt - now : undefined);
      waiters?.reject(outcome);
    }
  }

  #endAttempt(): Waiters | undefined {
    this.#attempt = undefined;
    return this.#demand.takeWaiters();
  }

  #report(request: RenewalRequest, attempt: number, outcome: Renewed | RoomTokenError, retryInMs?: number) {
    const { onAttempt } = this.#settings;
    const durationMs = this.#now() - request.sentAt;
    if (onAttempt) reportAttempt(onAttempt, { ...eventOf(request, outcome), attempt, durationMs, retryInMs });
  }

  #read(): RoomTokenSessionSnapshot {
    const token = this.#validToken;
    const { error, retryAtEpochMs } = this.#facts.failure ?? {};
    const state = this.#demand.isClosed ? "closed" : stateOf(token, error);
    return { state, token, error, retryAt: this.#demand.isAny ? retryAtEpochMs : undefined };
  }
}
