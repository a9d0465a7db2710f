import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ANSWER_FAULTS } from "./answer-faults.ts";
import { CONNECTION_FAULTS } from "./connection-faults.ts";
import { type Fault, type Observed, type Operation, run, watchTimers } from "./run.ts";
import { FaultServer, send } from "./server.ts";
import { STATUS_FAULTS } from "./status-faults.ts";

const FAULTS: Fault[] = [...CONNECTION_FAULTS, ...ANSWER_FAULTS, ...STATUS_FAULTS];
const OPERATIONS: Operation[] = ["create", "refresh"];
const CASES = FAULTS.flatMap((fault) => OPERATIONS.map((operation) => ({ fault, operation })));
/** How many calls are under way at once. */
const WORKERS = 24;

const observed = new Map<(typeof CASES)[number], Observed>();
let elsewhere: FaultServer;

beforeAll(async () => {
  elsewhere = await FaultServer.start(send());
  const unwatch = watchTimers();
  const queue = CASES.values();
  const work = async () => {
    for (const one of queue) observed.set(one, await run(one.fault, one.operation, elsewhere.origin));
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  unwatch();
}, 300_000);
afterAll(() => elsewhere.close());

describe.each(CASES)("$operation meets $fault.name", (one) => {
  const { fault, operation } = one;
  const seen = (): Observed => observed.get(one) ?? expect.fail("the call never ended");

  test("and ends as it should, after as many attempts and as long a wait as it should", () => {
    const { ending, error, events, arrivals, elapsedMs } = seen();
    expect(ending).toBe(typeof fault.ending === "string" ? fault.ending : fault.ending[operation]);
    if (fault.status !== undefined) expect(error).toMatchObject({ status: fault.status, operation });
    expect(events).toHaveLength(fault.attempts);
    expect(arrivals).toBe(fault.arrivals ?? fault.attempts);
    if (ending === "result") return;
    expect((error as { retryAfterMs?: number }).retryAfterMs).toBe(fault.retryAfterMs);
    if (fault.attempts === 1) return;
    expect(events[0]?.retryInMs).toBeGreaterThanOrEqual(fault.retryAfterMs ?? 250);
    expect(events[0]?.retryInMs).toBeLessThanOrEqual((fault.retryAfterMs ?? 500) * 1.2);
    expect(elapsedMs).toBeGreaterThanOrEqual(fault.retryAfterMs ?? 250);
  });

  test("and leaves nothing: no secret, no timer, no listener", () => {
    const { canaries, timersArmed, timersLeft, listenersLeft } = seen();
    expect(canaries).toEqual([]);
    expect(timersArmed).toBe(2 * fault.attempts - 1); // the deadlines, and the wait between them
    expect(timersLeft).toBe(0);
    expect(listenersLeft).toBe(0);
  });
});

test("no redirect reached the second origin", () => {
  expect(elsewhere.connections).toBe(0);
});

test("each fault has a name of its own", () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});
