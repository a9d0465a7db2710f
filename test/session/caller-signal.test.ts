import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { open, rejection, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("a caller's signal", () => {
  it("ends the waiting of that caller alone, with its own reason, and not the request", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { grant: undefined, create: server.create });
    const caller = new AbortController();
    const reason = new Error("mine");
    const aborted = rejection(session.getToken({ signal: caller.signal }));
    const other = session.getToken();
    await sleep(50);
    caller.abort(reason);
    expect(await aborted).toBe(reason);
    expect(server.signals[0]?.aborted).toBe(false);
    await sleep(50);
    expect(await other).toBe(session.grant?.token);
    expect(server.requests).toBe(1);
  });

  it("that is aborted already rejects without a request, even with a fresh token", async () => {
    const server = new Server();
    const signal = AbortSignal.abort("gone");
    const session = open(server, { create: server.create });
    expect(await rejection(session.getToken({ signal }))).toBe("gone");
    expect(await rejection(session.getToken({ signal, forceRefresh: true }))).toBe("gone");
    expect(server.requests).toBe(0);
  });

  it("that is aborted while minValidityMs is waited for rejects with its reason, not with the old token", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server);
    const caller = new AbortController();
    const waiting = rejection(session.getToken({ minValidityMs: 700_000, signal: caller.signal }));
    await sleep(50);
    caller.abort("mine");
    expect(await waiting).toBe("mine");
  });

  it("that is aborted in the same turn, by a listener, rejects with its reason", async () => {
    const session = open(new Server());
    await sleep(600_000);
    const caller = new AbortController();
    session.on("state", () => caller.abort("mine"));
    expect(await rejection(session.getToken({ signal: caller.signal }))).toBe("mine");
  });

  it("has no listener any more when the token has come, or when it was aborted", async () => {
    const server = new Server();
    server.latencyMs = 10;
    const session = open(server);
    const caller = new AbortController();
    const whole = session.getToken({ forceRefresh: true, signal: caller.signal });
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(1);
    await sleep(10);
    await whole;
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    const cut = rejection(session.getToken({ forceRefresh: true, signal: caller.signal }));
    caller.abort("mine");
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    expect(await cut).toBe("mine");
  });

  it("without a reason, as in React Native, rejects with an AbortError, before and while it waits", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const session = open(server, { grant: undefined, create: server.create });
    const signal = Object.assign(new EventTarget(), { aborted: false }) as AbortSignal;
    const waiting = rejection(session.getToken({ signal }));
    Object.assign(signal, { aborted: true });
    signal.dispatchEvent(new Event("abort"));
    expect(await waiting).toMatchObject({ name: "AbortError" });
    expect(await rejection(session.getToken({ signal }))).toMatchObject({ name: "AbortError" });
  });

  it("that is no signal is an invalid argument", async () => {
    const signal = {} as AbortSignal;
    expect(await rejection(open(new Server()).getToken({ signal }))).toMatchObject({
      code: "invalid_argument",
    });
  });
});
