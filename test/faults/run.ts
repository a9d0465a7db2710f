import { AsyncLocalStorage } from "node:async_hooks";
import { getEventListeners } from "node:events";
import type { Socket } from "node:net";
import {
  type AttemptEvent,
  isRoomTokenError,
  RoomTokenClient,
  type RoomTokenErrorCode,
} from "../../src/index.ts";
import { ROOM_ID } from "../unit/support.ts";
import { API_KEY, findCanaries, REFRESH_TOKEN } from "./canaries.ts";
import { FaultServer, type Misbehaviour } from "./server.ts";

export type Operation = "create" | "refresh";
/** How a call ends: with a result, or with an error of this code. */
export type Ending = "result" | RoomTokenErrorCode;

/** One way for a server to go wrong, and how a call ends when the client may repeat once. */
export interface Fault {
  readonly name: string;
  /** Is given the origin of another server, to redirect to. */
  readonly misbehave: (elsewhere: string) => Misbehaviour;
  /** What it does to a connection before any request; by default nothing. */
  readonly onConnection?: (socket: Socket) => void;
  /** Nobody listens. */
  readonly refused?: boolean;
  readonly ending: Ending | Record<Operation, Ending>;
  readonly status?: number | undefined;
  /** How often the client tries: 2 where the fault may be repeated. */
  readonly attempts: 1 | 2;
  /** How many requests reach the server whole; as many as attempts where it is left out. */
  readonly arrivals?: number;
  readonly timeoutMs?: number;
  /** The wait that the server asks for, where it counts. */
  readonly retryAfterMs?: number;
}

/** What was seen of one call. */
export interface Observed {
  readonly ending: Ending | "foreign";
  readonly error: unknown;
  readonly events: readonly AttemptEvent[];
  readonly arrivals: number;
  readonly elapsedMs: number;
  readonly timersArmed: number;
  readonly timersLeft: number;
  readonly listenersLeft: number;
  readonly canaries: readonly string[];
}

/** Generous, because many calls run at once on a busy machine: a call that ends by it has another code than expected. */
const TIMEOUT_MS = 60_000;

interface Timers {
  armed: number;
  readonly live: Set<unknown>;
}
const timersOfCall = new AsyncLocalStorage<Timers>();

/** Counts every timer of the client for the call that armed it; returns the function that ends this. */
export function watchTimers(): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  type Run = (...args: unknown[]) => void;
  globalThis.setTimeout = Object.assign((run: Run, delayMs?: number, ...args: unknown[]) => {
    // Node's own fetch arms some of its own, which outlive a call.
    const timers = new Error().stack?.includes("src/lib/deadline.ts") ? timersOfCall.getStore() : undefined;
    const timer = setTimeout(() => {
      timers?.live.delete(timer);
      run(...args);
    }, delayMs);
    if (timers !== undefined) timers.armed++;
    timers?.live.add(timer);
    return timer;
  }, setTimeout);
  globalThis.clearTimeout = (timer) => {
    timersOfCall.getStore()?.live.delete(timer);
    clearTimeout(timer);
  };
  return () => Object.assign(globalThis, { setTimeout, clearTimeout });
}

/** Makes one call to a server with this fault, and says what was seen. */
export async function run(fault: Fault, operation: Operation, elsewhere: string): Promise<Observed> {
  const server = await FaultServer.start(fault.misbehave(elsewhere), fault.onConnection);
  const baseUrl = server.origin;
  if (fault.refused) await server.close();
  const timers: Timers = { armed: 0, live: new Set() };
  const caller = new AbortController();
  const events: AttemptEvent[] = [];
  const client = new RoomTokenClient({
    apiKey: API_KEY,
    baseUrl,
    maxRetries: 1,
    timeoutMs: fault.timeoutMs ?? TIMEOUT_MS,
    onAttempt: (event) => events.push(event),
  });
  const options = { signal: caller.signal };
  const startedAt = performance.now();
  const outcome = await timersOfCall.run(timers, () => {
    const call =
      operation === "create"
        ? client.create(ROOM_ID, {}, options)
        : client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }, options);
    return call.then(
      () => ({ ending: "result" as const, error: undefined }),
      (error: unknown) => ({ ending: isRoomTokenError(error) ? error.code : ("foreign" as const), error }),
    );
  });
  const elapsedMs = performance.now() - startedAt;
  if (!fault.refused) await server.close();
  return {
    ...outcome,
    events,
    arrivals: server.requests.length,
    elapsedMs,
    timersArmed: timers.armed,
    timersLeft: timers.live.size,
    listenersLeft: getEventListeners(caller.signal, "abort").length,
    canaries: findCanaries([outcome.error, events, client]),
  };
}
