import { describe, expect, it, vi } from "vitest";
import { elapsedClock } from "../../src/session/clock.ts";
import { open, Server, sleep, stepWallClock, useFakeTime } from "./support.ts";

useFakeTime();
const HOUR = 3_600_000;

describe("time is summed look by look", () => {
  function clockOn(moments: { wall: number; steady: number }) {
    vi.spyOn(Date, "now").mockImplementation(() => moments.wall);
    vi.spyOn(performance, "now").mockImplementation(() => moments.steady);
    return elapsedClock();
  }

  it("sleep that stops the monotonic clock is counted by the wall clock", () => {
    const at = { wall: 1000, steady: 1000 };
    const now = clockOn(at);
    now();
    at.wall += HOUR;
    at.steady += 5;
    expect(now()).toBe(HOUR);
  });

  it("a wall clock that is set back takes nothing away, again and again", () => {
    const at = { wall: HOUR, steady: 0 };
    const now = clockOn(at);
    now();
    for (let i = 1; i <= 100; i++) {
      at.wall += i % 2 === 0 ? 10_000 + HOUR : 10_000 - HOUR;
      at.steady += 10_000;
      now();
    }
    // Each of the fifty steps forward counts as sleep, no step back as less time.
    expect(now()).toBe(50 * 10_000 + 50 * (10_000 + HOUR));
  });

  it("a wall clock that is set back does not stop the time, even where there is no monotonic clock", () => {
    const at = { wall: HOUR, steady: 0 };
    const now = clockOn(at);
    now();
    at.wall = 0;
    now();
    at.wall = 700;
    expect(now()).toBe(700);
  });

  it("a hundred thousand looks in a minute do not make it run fast", () => {
    const at = { wall: 0, steady: 0 };
    const now = clockOn(at);
    for (let i = 1; i <= 100_000; i++) {
      at.steady = i * 0.6;
      at.wall = Math.floor(at.steady);
      now();
    }
    expect(now()).toBeGreaterThanOrEqual(60_000);
    expect(now()).toBeLessThan(60_000 * 1.003);
  });

  it("it works without a monotonic clock", () => {
    vi.stubGlobal("performance", undefined);
    const now = elapsedClock();
    expect(now()).toBe(0);
    stepWallClock(1234);
    expect(now()).toBe(1234);
  });

  it("after sleep the dead token is not returned, though no timer has fired", async () => {
    const server = new Server();
    const session = open(server);
    const old = await session.getToken();
    stepWallClock(HOUR);
    expect(session.state).toBe("expired");
    expect(await session.getToken()).not.toBe(old);
  });

  it("a wall clock set back two hours delays no renewal", async () => {
    const server = new Server();
    open(server).start();
    await sleep(100_000);
    stepWallClock(-2 * HOUR);
    await sleep(379_900);
    expect(server.requests).toBe(0);
    await sleep(100);
    expect(server.requests).toBe(1);
  });

  it("a clock that is set forward costs one renewal, not one per call", async () => {
    const server = new Server();
    const session = open(server);
    session.start();
    await sleep(1000);
    stepWallClock(HOUR);
    for (let i = 0; i < 100; i++) await session.getToken();
    expect(server.requests).toBe(1);
    await sleep(470_000);
    expect(server.requests).toBe(1);
  });
});
