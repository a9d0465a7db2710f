import { getEventListeners } from "node:events";
import { RoomTokenSession } from "../../../src/session/index.ts";
import { REFRESH_TTL_SECS, type Telnyx } from "./telnyx.ts";
import { Machine, type World } from "./world.ts";

const HOUR_MS = 3_600_000;
/** The longest that one renewal takes: the default `timeoutMs`. */
const LONGEST_RENEWAL_MS = 15_000;
const LAST_SECOND_MS = 1000;
/** How long after the last fault a started session is ready again by itself, at the latest. */
const BACK_WITHIN_MS = 150_000;
/** The same after faults that went on for longer than two minutes, and then a refusal. */
const BACK_WITHIN_AFTER_LONG_MS = 316_000;
const LONG_MS = 120_000;
/** Sessions read the clocks every 30 s: a step of the clock and a sleep between two readings could cancel out. */
const READINGS_APART_MS = 40_000;

/** What is counted over all pages. */
export class Figures {
  calls = 0;
  lost = 0;
  lostAfterStep = 0;
  expired = 0;
  awakeMs = 0;
  failed = 0;
  notBack = 0;
  steps = 0;
  sleeps = 0;
  timersLeft = 0;
  listenersLeft = 0;
}

/** A page on a machine of its own: keeps a session, asks it for tokens, sleeps, and has its clock set. */
export class Page {
  readonly #world: World;
  readonly #telnyx: Telnyx;
  readonly #figures: Figures;
  readonly #hasCreate: boolean;
  readonly #machine: Machine;
  readonly #leaving: AbortController = new AbortController();
  #session: RoomTokenSession | undefined;
  #openedAt = 0;
  /** When the machine last woke or had its clock set, which no session can tell apart for sure. */
  #disturbedAt = -Infinity;
  /** Whether the wall clock was set forward, which looks like sleep, and no new token has come since. */
  #looksSlept = false;
  #asleepAt = 0;
  #left = false;
  /** Whether nobody ever calls its session, which is only looked at. */
  readonly #isQuiet: boolean;

  constructor(world: World, telnyx: Telnyx, figures: Figures, hasCreate: boolean) {
    this.#world = world;
    this.#telnyx = telnyx;
    this.#figures = figures;
    this.#hasCreate = hasCreate;
    this.#isQuiet = world.random() < 0.3;
    this.#machine = new Machine(world.random() < 0.5);
    this.#machine.wallAheadMs = world.between(-2, 2) * HOUR_MS;
    this.#later(0, 480_000, () => this.#open());
    this.#later(480_000, 500_000, () => this.#ask());
    this.#later(HOUR_MS, 6 * HOUR_MS, () => this.#whenAtRest(() => this.#sleep()));
    this.#later(HOUR_MS, 8 * HOUR_MS, () => this.#whenAtRest(() => this.#setClock()));
  }

  /** Ends the page at the end of the day. */
  async leave(startedAt: number): Promise<void> {
    const { isAsleep, sleptMs } = this.#machine;
    const sleepingMs = isAsleep ? this.#world.now - this.#asleepAt : 0;
    this.#figures.awakeMs += this.#world.now - startedAt - sleptMs - sleepingMs;
    this.#left = true;
    await this.#world.as(this.#machine, () => this.#session?.close());
  }

  /** Counts what a page that was left has left behind. */
  count(): void {
    this.#figures.timersLeft += this.#machine.timers;
    this.#figures.listenersLeft += getEventListeners(this.#leaving.signal, "abort").length;
  }

  #open(): void {
    if (this.#left) return;
    const telnyx = this.#telnyx;
    const machine = this.#machine;
    const session = new RoomTokenSession({
      ...(this.#hasCreate
        ? { create: ({ signal }) => telnyx.create({ machine, signal }) }
        : { grant: telnyx.grant(REFRESH_TTL_SECS.withoutCreate) }),
      refresh: ({ refreshToken, signal }) => telnyx.refresh({ machine, signal }, refreshToken),
    });
    let before = session.getSnapshot();
    session.subscribe((snapshot) => {
      if (snapshot.state === "failed" && before.state !== "failed") this.#figures.failed += 1;
      if (snapshot.token !== undefined && snapshot.token !== before.token) this.#looksSlept = false;
      before = snapshot;
    });
    session.start();
    this.#session = session;
    this.#openedAt = this.#world.now;
    this.#looksSlept = false;
  }

  #ask(): void {
    this.#later(20_000, 100_000, () => this.#ask());
    const session = this.#session;
    if (session === undefined || this.#left) return;
    const { state, token } = session.getSnapshot();
    if (state !== "ready" && this.#shouldBeBack()) this.#figures.notBack += 1;
    if (token !== undefined && !this.#telnyx.accepts(token)) this.#figures.expired += 1;
    if (!this.#isQuiet) this.#call(session);
  }

  #call(session: RoomTokenSession): void {
    const held = session.grant?.token;
    const askedAt = this.#world.now;
    const { sleptMs } = this.#machine;
    const isStillGood = () => held !== undefined && this.#telnyx.accepts(held, LAST_SECOND_MS);
    const lose = () => {
      this.#figures[this.#looksSlept ? "lostAfterStep" : "lost"] += 1;
    };
    this.#figures.calls += 1;
    session.getToken({ signal: this.#leaving.signal }).then(
      (token) => {
        if (!this.#telnyx.accepts(token)) this.#figures.expired += 1;
        const waited = this.#world.now - askedAt > LONGEST_RENEWAL_MS && sleptMs === this.#machine.sleptMs;
        if (waited && isStillGood()) lose();
      },
      () => !this.#left && isStillGood() && lose(),
    );
  }

  /** Whether nothing has disturbed the session for so long that it has to be ready. */
  #shouldBeBack(): boolean {
    const { faultAt, faultsSince = faultAt, wokeAt } = this.#machine;
    const { troubleEndedAt } = this.#telnyx;
    const saneSince = Math.max(this.#openedAt, troubleEndedAt, faultAt, wokeAt, this.#disturbedAt);
    const withinMs = saneSince - faultsSince > LONG_MS ? BACK_WITHIN_AFTER_LONG_MS : BACK_WITHIN_MS;
    return this.#world.now - saneSince > withinMs;
  }

  #sleep(): void {
    const world = this.#world;
    const isNight = world.random() < 0.3;
    const hours = isNight ? world.between(2, 9) : world.between(0.01, 0.7);
    this.#figures.sleeps += 1;
    this.#asleepAt = world.now;
    world.sleep(this.#machine, hours * HOUR_MS, () => {
      this.#disturbedAt = world.now;
      if (world.random() < 0.5 && !this.#left) this.#session?.start(); // the page is shown again
      this.#later(HOUR_MS, 6 * HOUR_MS, () => this.#whenAtRest(() => this.#sleep()));
    });
  }

  #setClock(): void {
    const before = this.#machine.wallAheadMs;
    this.#machine.wallAheadMs = this.#world.between(-2, 2) * HOUR_MS;
    this.#figures.steps += 1;
    this.#disturbedAt = this.#world.now;
    if (this.#machine.wallAheadMs > before) this.#looksSlept = true;
    this.#later(HOUR_MS, 8 * HOUR_MS, () => this.#whenAtRest(() => this.#setClock()));
  }

  /** Runs something when the session must have read the clocks since the last sleep or step. */
  #whenAtRest(run: () => void): void {
    const restedMs = this.#world.now - Math.max(this.#disturbedAt, this.#machine.wokeAt);
    if (restedMs >= READINGS_APART_MS) run();
    else this.#later(READINGS_APART_MS, READINGS_APART_MS, () => this.#whenAtRest(run));
  }

  #later(fromMs: number, toMs: number, run: () => void): void {
    this.#world.at(this.#world.now + this.#world.between(fromMs, toMs), run, this.#machine);
  }
}
