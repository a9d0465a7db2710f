import { getEventListeners } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AttemptEvent, RoomTokenClient, type RoomTokenError } from "../../src/index.ts";
import { ROOM_ID } from "../unit/support.ts";
import { API_KEY, findCanaries, REFRESH_TOKEN } from "./canaries.ts";
import { type Fault, faultsWith } from "./faults.ts";
import { FaultServer, send } from "./server.ts";

const elsewhere = await FaultServer.start(send());
const CASES = faultsWith(elsewhere.origin).flatMap((fault) =>
  (["create", "refresh"] as const).map((operation) => ({ name: fault.name, fault, operation })),
);
type Case = (typeof CASES)[number];

/** How many calls are under way at once. */
const WORKERS = 48;
/** Generous, because many calls run at once on a busy machine: a call that ends by it has another code than expected. */
const TIMEOUT_MS = 60_000;

/** Makes one call to a server with this fault, and says what was seen. */
async function observe({ fault, operation }: Case) {
  const server = await FaultServer.start(fault.misbehave, fault.onConnection);
  if (fault.refused) await server.close();
  const events: AttemptEvent[] = [];
  const client = new RoomTokenClient({
    apiKey: API_KEY,
    baseUrl: server.origin,
    maxRetries: 1,
    timeoutMs: fault.timeoutMs ?? TIMEOUT_MS,
    onAttempt: (event) => events.push(event),
  });
  const { signal } = new AbortController();
  const startedAt = performance.now();
  const call =
    operation === "create"
      ? client.create(ROOM_ID, {}, { signal })
      : client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }, { signal });
  const error = await call.then(
    () => undefined,
    (thrown: RoomTokenError) => thrown,
  );
  const elapsedMs = performance.now() - startedAt;
  if (!fault.refused) await server.close();
  const listenersLeft = getEventListeners(signal, "abort").length;
  const canaries = findCanaries([error, events, client]);
  return { error, events, elapsedMs, arrivals: server.requests.length, listenersLeft, canaries };
}

const observed = new Map<Case, Awaited<ReturnType<typeof observe>>>();

beforeAll(async () => {
  // The silent servers first: the others are through while their calls wait.
  const waits = ({ fault }: Case) => Number(fault.timeoutMs !== undefined);
  const queue = [...CASES].sort((a, b) => waits(b) - waits(a)).values();
  const work = async () => {
    for (const one of queue) observed.set(one, await observe(one));
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}, 300_000);
afterAll(() => elsewhere.close());

test.each(CASES)("$operation meets $name, ends as it should, and leaves nothing", (one) => {
  const { ending, status, attempts, arrivals, retryAfterMs }: Fault = one.fault;
  const seen = observed.get(one) ?? expect.fail("the call never ended");
  if (ending === "result") expect(seen.error).toBeUndefined();
  else expect(seen.error).toMatchObject({ name: "RoomTokenError", code: ending, operation: one.operation });
  if (status !== undefined && ending !== "result") expect(seen.error?.status).toBe(status);
  expect(seen.error?.retryAfterMs).toBe(retryAfterMs);
  expect(seen.events).toHaveLength(attempts);
  expect(seen.arrivals).toBe(arrivals ?? attempts);
  if (attempts === 2) {
    expect(seen.events[0]?.retryInMs).toBeGreaterThanOrEqual(retryAfterMs ?? 250);
    expect(seen.events[0]?.retryInMs).toBeLessThanOrEqual((retryAfterMs ?? 500) * 1.2);
    expect(seen.elapsedMs).toBeGreaterThanOrEqual(retryAfterMs ?? 250);
  }
  expect(seen.listenersLeft).toBe(0);
  expect(seen.canaries).toEqual([]);
});

test("no redirect reached the second origin", () => {
  expect(elsewhere.connections).toBe(0);
});
