import type { ClientOptions, RoomTokenError } from "../../src/index.ts";
import { RoomTokenClient } from "../../src/index.ts";

export const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
export const API_KEY = "KEY-CANARY-apikey/+=";
export const REFRESH_TOKEN = "CANARY-refresh/+ token";

export const GRANT_DATA = {
  token: "CANARY-token",
  token_expires_at: "2026-11-22T10:10:00Z",
  refresh_token: "CANARY-refresh",
  refresh_token_expires_at: "2026-11-22T11:00:00Z",
};

/** A request as a stubbed fetch saw it. */
interface Seen {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly init: object;
  readonly signal: AbortSignal;
}

/** A fetch that gives these answers, and a list of the requests that it saw. */
export function stubFetch(answer: (attempt: number) => Response | Promise<Response>) {
  const seen: Seen[] = [];
  const fetch: NonNullable<ClientOptions["fetch"]> = async (url, init) => {
    const { method, headers, body, signal } = init;
    seen.push({ url, method, headers, body: JSON.parse(body), init, signal });
    return answer(seen.length);
  };
  return { fetch, seen };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

export const granted = (): Response => json(201, { data: GRANT_DATA });

/** A client on a stubbed fetch; by default it does not retry. */
export function clientOn(
  answer: (attempt: number) => Response | Promise<Response>,
  options: ClientOptions = {},
) {
  const { fetch, seen } = stubFetch(answer);
  return { client: new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 0, ...options }), seen };
}

/** What a promise rejects with; fails where it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const value = await promise.then(
    (result) => ({ result }),
    (thrown: unknown) => ({ thrown }),
  );
  if ("thrown" in value) return value.thrown;
  throw new Error("expected a rejection, got a result");
}

/** The error of a create that gets this answer. */
export async function errorOf(
  answer: () => Response | Promise<Response>,
  options?: ClientOptions,
): Promise<RoomTokenError> {
  return (await rejection(clientOn(answer, options).client.create(ROOM_ID))) as RoomTokenError;
}

/** As React Native's: its constructor checks nothing, and nothing can be read of what it makes. */
export const UrlWithoutGetters = new Proxy(URL, {
  construct: () => new Proxy({}, { get: throws }),
});

export function throws(): never {
  throw new Error("CANARY");
}

/** As abort-controller 3 and React Native have it: no reason, no throwIfAborted, an event target of its own. */
export class ForeignController {
  readonly listeners = new Set<() => void>();
  readonly signal = {
    aborted: false,
    addEventListener: (_: string, listener: () => void) => void this.listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => void this.listeners.delete(listener),
  } as unknown as AbortSignal;
  abort(): void {
    Object.assign(this.signal, { aborted: true });
    for (const listener of [...this.listeners]) listener();
  }
}

const { setImmediate } = globalThis; // the platform's own, also while a test fakes timers

/** Runs something in fake time, and returns what was rejected in it without anybody to handle that. */
export async function unhandledIn(run: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  await run();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  return unhandled;
}
