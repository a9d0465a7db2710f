import { describe, expect, it, vi } from "vitest";
import type { AttemptEvent } from "../../src/session/index.ts";
import {
  DOWN,
  HOUR,
  never,
  open,
  openReady,
  REFUSED,
  rejection,
  responseOf,
  Server,
  settle,
  sleep,
  useFakeTime,
} from "./support.ts";

useFakeTime();

describe("onAttempt", () => {
  it("is called after every request, with what is known of it", async () => {
    const server = new Server();
    const events: AttemptEvent[] = [];
    const session = open(server, { onAttempt: (event) => events.push(event) });
    server.latencyMs = 200;
    server.next.push(
      () => responseOf(503, {}, { "x-request-id": "id-1" }),
      () => responseOf(201, server.grant(), { "x-request-id": "id-2" }),
    );
    session.start();
    await sleep(2000);
    expect(events).toEqual([
      {
        operation: "create",
        attempt: 1,
        status: 503,
        code: "server_error",
        requestId: "id-1",
        durationMs: 200,
        retryInMs: 500,
      },
      { operation: "create", attempt: 2, status: 201, requestId: "id-2", durationMs: 200 },
    ]);
  });

  it("a refused refresh and the create that follows it share an attempt", async () => {
    const server = new Server();
    const events: AttemptEvent[] = [];
    const session = await openReady(server, { onAttempt: (event) => events.push(event) });
    events.length = 0;
    session.start();
    server.next.push(REFUSED, DOWN);
    await sleep(481_000);
    expect(events).toMatchObject([
      { operation: "refresh", attempt: 1, status: 403, code: "forbidden", retryInMs: 0 },
      { operation: "create", attempt: 1, status: 503, code: "server_error", retryInMs: 500 },
      { operation: "create", attempt: 2 },
    ]);
    expect(events[2]).not.toHaveProperty("code", expect.anything());
  });

  it("counts the failures in turn, and not those that a caller forced in a pause", async () => {
    const server = new Server();
    server.always = DOWN;
    const attempts: number[] = [];
    const session = open(server, { onAttempt: ({ attempt }) => attempts.push(attempt) });
    session.start();
    await sleep(9000);
    await rejection(session.getToken({ forceRefresh: true }));
    await sleep(1000);
    await rejection(session.getToken({ forceRefresh: true }));
    await sleep(6000);
    expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 6, 6]);
  });

  it("tells of a timeout, and of no next attempt if none is planned", async () => {
    const server = new Server();
    server.always = never;
    const onAttempt = vi.fn();
    const session = open(server, { onAttempt, timeoutMs: 100 });
    session.getToken().catch(() => {});
    await sleep(100);
    expect(onAttempt).toHaveBeenCalledExactlyOnceWith({
      operation: "create",
      attempt: 1,
      code: "timeout",
      durationMs: 100,
    });
  });

  it("is called after the session's own code, in a microtask", async () => {
    const states: string[] = [];
    const session = open(new Server(), { onAttempt: () => states.push(session.getSnapshot().state) });
    await session.getToken();
    await settle();
    expect(states).toEqual(["ready"]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("x");
      },
    ],
    ["rejects", () => Promise.reject(new Error("x")) as never],
  ])("what it %s with is dropped", async (_, onAttempt) => {
    const session = open(new Server(), { onAttempt });
    expect(await session.getToken()).toMatch(/^ey/);
    await sleep(HOUR);
  });

  it("is given no token", async () => {
    const server = new Server();
    const events: AttemptEvent[] = [];
    const session = open(server, { onAttempt: (event) => events.push(event) });
    const token = await session.getToken();
    server.always = () => responseOf(500, {}, { "x-request-id": `id of ${token}` });
    await sleep(1000);
    await rejection(session.getToken({ forceRefresh: true }));
    await settle();
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it("tells of nothing that a close() ended", async () => {
    const server = new Server();
    server.latencyMs = 100;
    const onAttempt = vi.fn();
    const session = open(server, { onAttempt });
    session.start();
    session.close();
    await sleep(100);
    expect(onAttempt).not.toHaveBeenCalled();
  });
});
