import { describe, expect, it, vi } from "vitest";
import { elapsedClock } from "../../src/session/clock.ts";
import { HOUR, setUpReady, setUpStarted, sleep, stepWallClock, useFakeTime } from "./support.ts";

useFakeTime();

describe("time is summed reading by reading", () => {
  function clockOn(times: { wall: number; monotonic: number }) {
    vi.spyOn(Date, "now").mockImplementation(() => times.wall);
    vi.spyOn(performance, "now").mockImplementation(() => times.monotonic);
    return elapsedClock();
  }

  it("sleep that stops the monotonic clock is counted by the wall clock, and the other way round", () => {
    const at = { wall: 1000, monotonic: 1000 };
    const now = clockOn(at);
    expect(now()).toBe(0);
    at.wall += HOUR;
    at.monotonic += 5;
    expect(now()).toBe(HOUR);
    at.monotonic += 2000;
    at.wall += 1;
    expect(now()).toBe(HOUR + 2000);
  });

  it("a wall clock that is set back takes nothing away, and each step forward counts as sleep", () => {
    const at = { wall: HOUR, monotonic: 0 };
    const now = clockOn(at);
    now();
    for (let i = 1; i <= 100; i++) {
      at.wall += i % 2 === 0 ? 10_000 + HOUR : 10_000 - HOUR;
      at.monotonic += 10_000;
      now();
    }
    expect(now()).toBe(50 * 10_000 + 50 * (10_000 + HOUR));
  });

  it("a wall clock that is set back does not stop the time where it is the only clock", () => {
    vi.stubGlobal("performance", undefined);
    const now = elapsedClock();
    expect(now()).toBe(0);
    stepWallClock(-HOUR);
    expect(now()).toBe(0);
    stepWallClock(700);
    expect(now()).toBe(700);
  });

  it("a hundred thousand readings in a minute do not make it run fast", () => {
    const at = { wall: 0, monotonic: 0 };
    const now = clockOn(at);
    for (let i = 1; i <= 100_000; i++) {
      at.monotonic = i * 0.6;
      at.wall = Math.floor(at.monotonic);
      now();
    }
    expect(now()).toBeGreaterThanOrEqual(60_000);
    expect(now()).toBeLessThan(60_000 + 17);
  });

  it("a wall clock that is set back delays no renewal", async () => {
    const { server } = await setUpStarted();
    await sleep(100_000);
    stepWallClock(-2 * HOUR);
    await sleep(380_000);
    expect(server.count).toBe(2);
  });

  it("after sleep, or a wall clock that is set forward, the token counts as expired: one renewal, not one per call", async () => {
    const { server, session, token } = await setUpReady();
    session.start();
    await sleep(1000);
    stepWallClock(HOUR);
    expect(session.getSnapshot()).toMatchObject({ state: "idle", token: undefined });
    for (let i = 0; i < 100; i++) expect(await session.getToken()).not.toBe(token);
    expect(server.count).toBe(2);
    await sleep(479_000);
    expect(server.count).toBe(2);
  });
});
