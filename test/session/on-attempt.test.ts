import { describe, expect, it } from "vitest";
import type { AttemptEvent } from "../../src/session/index.ts";
import {
  DOWN,
  FORCED,
  never,
  REFUSED,
  rejection,
  responseOf,
  type Server,
  settle,
  setUp,
  sleep,
  useFakeTime,
} from "./support.ts";

useFakeTime();

/** A session, its back end, and what its onAttempt is called with. */
function setUpWithEvents(behaviour: Partial<Server> = {}, timeoutMs?: number) {
  const events: AttemptEvent[] = [];
  return { ...setUp(behaviour, { timeoutMs, onAttempt: (event) => events.push(event) }), events };
}

describe("onAttempt", () => {
  it("is called after every request, with what is known of it", async () => {
    const { server, session, events } = setUpWithEvents({ latencyMs: 200 });
    server.next.push(
      () => responseOf(503, {}, { "x-request-id": "id-1" }),
      () => responseOf(201, server.grant(), { "x-request-id": "id-2" }),
    );
    session.start();
    await sleep(2000);
    const failed = { status: 503, code: "server_error", requestId: "id-1", retryInMs: 500 };
    expect(events).toEqual([
      { operation: "create", attempt: 1, ...failed, durationMs: 200 },
      { operation: "create", attempt: 2, status: 201, requestId: "id-2", durationMs: 200 },
    ]);
  });

  it("a refused refresh and the create that follows it share an attempt", async () => {
    const { server, session, events } = setUpWithEvents();
    await session.getToken();
    session.start();
    server.next.push(REFUSED, DOWN);
    await sleep(481_000);
    expect(events.slice(1)).toMatchObject([
      { operation: "refresh", attempt: 1, status: 403, code: "forbidden", retryInMs: 0 },
      { operation: "create", attempt: 1, status: 503, code: "server_error", retryInMs: 500 },
      { operation: "create", attempt: 2 },
    ]);
    expect(events[3]).not.toHaveProperty("code", expect.anything());
  });

  it("counts the failures in turn, and not those that a caller forced in a pause", async () => {
    const { session, events } = setUpWithEvents({ always: DOWN });
    session.start();
    await sleep(9000);
    await rejection(session.getToken(FORCED));
    await sleep(1000);
    await rejection(session.getToken(FORCED));
    await sleep(6000);
    expect(events.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 6, 6]);
  });

  it("says that a request timed out, and has no retryInMs if no next attempt is planned", async () => {
    const { session, events } = setUpWithEvents({ always: never }, 100);
    session.getToken().catch(() => {});
    await sleep(100);
    expect(events).toEqual([{ operation: "create", attempt: 1, code: "timeout", durationMs: 100 }]);
  });

  it("is called after the session's own code, in a microtask; what it throws or rejects with is dropped", async () => {
    const states: string[] = [];
    const onAttempt = (): never => {
      states.push(session.getSnapshot().state);
      if (states.length === 1) throw new Error("now");
      return Promise.reject(new Error("later")) as never;
    };
    const { session } = setUp({}, { onAttempt });
    await session.getToken();
    await sleep(1000);
    await session.getToken(FORCED);
    await settle();
    expect(states).toEqual(["ready", "ready"]);
  });

  it("is given no token", async () => {
    const { server, session, events } = setUpWithEvents();
    const token = await session.getToken();
    server.always = () => responseOf(500, {}, { "x-request-id": `id of ${token}` });
    await sleep(1000);
    await rejection(session.getToken(FORCED));
    await settle();
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain(token);
  });
});
