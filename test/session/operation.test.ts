import { describe, expect, it } from "vitest";
import {
  DOWN,
  HOUR,
  NOON,
  open,
  REFUSED,
  Server,
  setUpReady,
  setUpStarted,
  sleep,
  statesOf,
  useFakeTime,
} from "./support.ts";

useFakeTime();

describe("which operation", () => {
  it("refresh and create take turns after transient failures, until one succeeds", async () => {
    const reported: string[] = [];
    const { server, session } = await setUpReady(
      {},
      { onAttempt: ({ operation }) => reported.push(operation) },
    );
    session.start();
    server.next.push(DOWN, DOWN, DOWN, DOWN);
    await sleep(500_000);
    expect(server.operations).toBe("crcrcr");
    await sleep(500_000);
    expect(server.operations).toBe("crcrcrr");
    expect(reported.map(([first]) => first).join("")).toBe(server.operations);
  });

  it("with create alone each renewal is a create, also with a refresh token in hand, which nothing can refresh", async () => {
    const { server, session } = await setUpReady({}, { refresh: undefined });
    const states = statesOf(session);
    session.start();
    await sleep(HOUR);
    expect(server.operations).toMatch(/^c{8}$/);
    expect(new Set(states)).toEqual(new Set(["ready"]));
  });

  it("with refresh alone every attempt is a refresh, also after failures", async () => {
    const grant = new Server().grant();
    const { server } = await setUpStarted({ always: DOWN }, { create: undefined, grant });
    await sleep(500_000);
    expect(server.operations).toMatch(/^r{5,}$/);
  });

  it("a refused refresh drops the refresh token, and create is called at once, also if that fails", async () => {
    const { server, session } = await setUpReady();
    session.start();
    server.next.push(REFUSED, DOWN);
    await sleep(480_000);
    expect(server.operations).toBe("crc");
    expect(server.times.slice(1)).toEqual([480_000, 480_000]);
    expect(session.grant).not.toHaveProperty("refreshToken");
    const error = { operation: "create", status: 503 };
    expect(session.getSnapshot()).toMatchObject({ state: "degraded", error, retryAt: NOON + 480_500 });
    await sleep(500);
    expect(server.operations).toBe("crcc");
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("without create a refresh token stays, whatever is said of it", async () => {
    const server = new Server();
    const grant = server.grant();
    const session = open(server, { create: undefined, grant });
    server.always = REFUSED;
    session.start();
    await sleep(2 * HOUR);
    expect(session.grant).toEqual(grant);
    server.always = undefined;
    await sleep(300_000);
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a refused create leaves the refresh token in use", async () => {
    const { server, session } = await setUpReady();
    session.start();
    server.next.push(DOWN, REFUSED);
    await sleep(482_000);
    expect(server.operations).toBe("crcr");
    expect(session.getSnapshot().state).toBe("ready");
  });

  it("a back end that keeps its refresh tokens to itself is called to create each time", async () => {
    const { server } = await setUpStarted({ givesRefreshToken: false });
    await sleep(HOUR);
    expect(server.operations).toMatch(/^c{8}$/);
  });

  it("a new refresh token replaces the one before; a renewal without one leaves the one held", async () => {
    const { server, session } = await setUpStarted({ rotates: true });
    await sleep(24 * HOUR);
    expect(server.operations).toMatch(/^cr{180}$/);
    expect(session.getSnapshot().state).toBe("ready");
    const { refreshToken } = session.grant ?? {};
    server.rotates = false;
    await sleep(HOUR);
    expect(server.operations).toMatch(/^cr{187}$/);
    expect(session.grant?.refreshToken).toBe(refreshToken);
  });
});
