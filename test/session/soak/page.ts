import { getEventListeners } from "node:events";
import { RoomTokenSession } from "../../../src/session/index.ts";
import { Device } from "./device.ts";
import { HOUR_MS, REFRESH_TTL_SECS, STARTS_AT, Telnyx, type Traffic } from "./telnyx.ts";

const ENDS_AT = STARTS_AT + 24 * HOUR_MS;
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

/** Lets a page live for a day, leave, and counts what it has left behind. */
export async function liveForADay(
  traffic: Traffic,
  figures: Figures,
  random: () => number,
  hasCreate: boolean,
): Promise<void> {
  const device = new Device(STARTS_AT, random() < 0.5);
  device.install();
  const page = new Page(device, new Telnyx(device, random, traffic), figures, random, hasCreate);
  await device.run(ENDS_AT);
  figures.awakeMs += device.now - STARTS_AT - device.sleptMs;
  page.leave();
  await device.run(device.now + 60_000);
  figures.timersLeft += device.timerCount;
  figures.listenersLeft += getEventListeners(page.leaving.signal, "abort").length;
}

/** A page on a device of its own: keeps a session, asks it for tokens, sleeps, and has its clock set. */
class Page {
  readonly leaving: AbortController = new AbortController();
  readonly #device: Device;
  readonly #telnyx: Telnyx;
  readonly #figures: Figures;
  readonly #random: () => number;
  readonly #hasCreate: boolean;
  #session: RoomTokenSession | undefined;
  #openedAt = 0;
  /** When the device last woke or had its clock set, which no session can tell apart for sure. */
  #disturbedAt = -Infinity;
  /** Whether the wall clock was set forward, which looks like sleep, and no new token has come since. */
  #looksSlept = false;
  #left = false;
  /** Whether nobody ever calls its session, which is only looked at. */
  readonly #isQuiet: boolean;

  constructor(device: Device, telnyx: Telnyx, figures: Figures, random: () => number, hasCreate: boolean) {
    this.#device = device;
    this.#telnyx = telnyx;
    this.#figures = figures;
    this.#random = random;
    this.#hasCreate = hasCreate;
    this.#isQuiet = random() < 0.3;
    device.wallAheadMs = this.#between(-2, 2) * HOUR_MS;
    this.#later(0, 480_000, () => this.#open());
    this.#later(480_000, 500_000, () => this.#ask());
    this.#later(HOUR_MS, 6 * HOUR_MS, () => this.#whenAtRest(() => this.#sleep()));
    this.#later(HOUR_MS, 8 * HOUR_MS, () => this.#whenAtRest(() => this.#setClock()));
  }

  leave(): void {
    this.#left = true;
    this.#session?.close();
  }

  #open(): void {
    if (this.#left) return;
    const { create, refresh } = this.#telnyx;
    const session = new RoomTokenSession({
      ...(this.#hasCreate ? { create } : { grant: this.#telnyx.grant(REFRESH_TTL_SECS.withoutCreate) }),
      refresh,
    });
    let before = session.getSnapshot();
    session.subscribe((snapshot) => {
      if (snapshot.state === "failed" && before.state !== "failed") this.#figures.failed += 1;
      if (snapshot.token !== undefined && snapshot.token !== before.token) this.#looksSlept = false;
      before = snapshot;
    });
    session.start();
    this.#session = session;
    this.#openedAt = this.#device.now;
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
    const { now: askedAt, sleptMs } = this.#device;
    const isStillGood = () => held !== undefined && this.#telnyx.accepts(held, LAST_SECOND_MS);
    const lose = () => {
      this.#figures[this.#looksSlept ? "lostAfterStep" : "lost"] += 1;
    };
    this.#figures.calls += 1;
    session.getToken({ signal: this.leaving.signal }).then(
      (token) => {
        if (!this.#telnyx.accepts(token)) this.#figures.expired += 1;
        const waited = this.#device.now - askedAt > LONGEST_RENEWAL_MS && sleptMs === this.#device.sleptMs;
        if (waited && isStillGood()) lose();
      },
      () => !this.#left && isStillGood() && lose(),
    );
  }

  /** Whether nothing has disturbed the session for so long that it has to be ready. */
  #shouldBeBack(): boolean {
    const { faultAt, faultsSince = faultAt, troubleEndsAt } = this.#telnyx;
    const saneSince = Math.max(
      this.#openedAt,
      troubleEndsAt,
      faultAt,
      this.#device.wokeAt,
      this.#disturbedAt,
    );
    const withinMs = saneSince - faultsSince > LONG_MS ? BACK_WITHIN_AFTER_LONG_MS : BACK_WITHIN_MS;
    return this.#device.now - saneSince > withinMs;
  }

  #sleep(): void {
    const isNight = this.#random() < 0.3;
    const hours = isNight ? this.#between(2, 9) : this.#between(0.01, 0.7);
    this.#figures.sleeps += 1;
    this.#device.sleep(hours * HOUR_MS);
    this.#device.after(0, () => {
      this.#disturbedAt = this.#device.now;
      if (this.#random() < 0.5 && !this.#left) this.#session?.start(); // the page is shown again
      this.#later(HOUR_MS, 6 * HOUR_MS, () => this.#whenAtRest(() => this.#sleep()));
    });
  }

  #setClock(): void {
    const before = this.#device.wallAheadMs;
    this.#device.wallAheadMs = this.#between(-2, 2) * HOUR_MS;
    this.#figures.steps += 1;
    this.#disturbedAt = this.#device.now;
    if (this.#device.wallAheadMs > before) this.#looksSlept = true;
    this.#later(HOUR_MS, 8 * HOUR_MS, () => this.#whenAtRest(() => this.#setClock()));
  }

  /** Runs something when the session must have read the clocks since the last sleep or step. */
  #whenAtRest(run: () => void): void {
    const restedMs = this.#device.now - Math.max(this.#disturbedAt, this.#device.wokeAt);
    if (restedMs >= READINGS_APART_MS) run();
    else this.#later(READINGS_APART_MS, READINGS_APART_MS, () => this.#whenAtRest(run));
  }

  #later(fromMs: number, toMs: number, run: () => void): void {
    this.#device.after(this.#between(fromMs, toMs), run);
  }

  #between(from: number, to: number): number {
    return from + (to - from) * this.#random();
  }
}
