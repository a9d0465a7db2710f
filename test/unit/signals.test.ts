import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ClientOptions, type Fetch, type RequestOptions, RoomTokenClient } from "../../src/index.ts";
import {
  API_KEY,
  clientOn,
  ForeignController,
  granted,
  json,
  REFRESH_TOKEN,
  ROOM_ID,
  rejection,
  unhandledIn,
} from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => {});
const hangingBody = () => new ReadableStream({ pull: never });

/** How a call can be under way when its caller gives up. */
const PHASES: [phase: string, options: ClientOptions][] = [
  ["the fetch hangs", { fetch: never }],
  ["a retry is waited for", { fetch: async () => json(503, {}), maxRetries: 1 }],
  ["a body hangs", { fetch: async () => new Response(hangingBody(), { status: 201 }) }],
  ["the body of a refusal hangs", { fetch: async () => new Response(hangingBody(), { status: 403 }) }],
  ["the key function is called", { apiKey: never, fetch: never }],
  ["a text() hangs", { fetch: async () => ({ status: 201, headers: new Headers(), text: never }) }],
];

/** Both calls, and what each rejects with, wrapped: the reason may be undefined. */
function bothCalls(options: ClientOptions, call: RequestOptions): Promise<unknown>[] {
  const client = new RoomTokenClient({ apiKey: API_KEY, maxRetries: 0, ...options });
  return [
    client.create(ROOM_ID, {}, call),
    client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }, call),
  ].map((result) => result.catch((thrown: unknown) => ({ thrown })));
}

const REASONS = [
  ...[0, -0, "", 0n, null, false, Number.NaN, undefined, Symbol("mine"), "text"],
  ...[{ digest: "x" }, new Error("mine")],
];

test.each(PHASES)("while %s, both calls reject with the caller's reason itself", async (_, options) => {
  for (const reason of REASONS) {
    const caller = new AbortController();
    const calls = bothCalls(options, { signal: caller.signal });
    await vi.advanceTimersByTimeAsync(5);
    caller.abort(reason);
    for (const ended of await Promise.all(calls)) {
      expect(Object.is((ended as { thrown: unknown }).thrown, caller.signal.reason)).toBe(true);
    }
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    expect(vi.getTimerCount()).toBe(0);
  }
});

test.each(PHASES)(
  "while %s, both calls share one listener, and a signal without a reason gives an AbortError",
  async (_, options) => {
    const foreign = new ForeignController();
    const calls = bothCalls(options, { signal: foreign.signal });
    await vi.advanceTimersByTimeAsync(5);
    expect(foreign.listeners.size).toBe(1);
    foreign.abort();
    for (const ended of await Promise.all(calls))
      expect(ended).toMatchObject({ thrown: { name: "AbortError" } });
    expect(foreign.listeners.size).toBe(0);
  },
);

test("a signal that is aborted before sends nothing, asks for no key and reports no attempt", async () => {
  const foreign = new ForeignController();
  foreign.abort();
  const unused = { fetch: vi.fn<Fetch>(), apiKey: vi.fn(), onAttempt: vi.fn() };
  for (const options of [unused, { ...unused, apiKey: null }]) {
    for (const reason of REASONS) {
      const signal = AbortSignal.abort(reason);
      const thrown = signal.reason;
      expect(await Promise.all(bothCalls(options, { signal }))).toEqual([{ thrown }, { thrown }]);
    }
    const [ended] = bothCalls(options, { signal: foreign.signal });
    expect(await ended).toMatchObject({ thrown: { name: "AbortError" } });
  }
  for (const callback of Object.values(unused)) expect(callback).not.toHaveBeenCalled();
  expect(foreign.listeners.size).toBe(0);
});

test("a caller's own time limit is the caller's reason, not a timeout of the client", async () => {
  const [ended] = await Promise.all(bothCalls({ fetch: never }, { signal: AbortSignal.timeout(10) }));
  expect(ended).toMatchObject({ thrown: { name: "TimeoutError" } });
  expect((ended as { thrown: unknown }).thrown).toBeInstanceOf(DOMException);
});

test("a signal that is not aborted leaves the outcome of a call as it is, and keeps no listener", async () => {
  const foreign = new ForeignController();
  for (const signal of [new AbortController().signal, foreign.signal]) {
    const outcomes = await Promise.all(bothCalls({ fetch: async () => json(403, {}) }, { signal }));
    for (const ended of outcomes) expect(ended).toMatchObject({ thrown: { code: "forbidden" } });
    await clientOn(granted).client.create(ROOM_ID, {}, { signal });
  }
  expect(foreign.listeners.size).toBe(0);
});

test("a signal without removeEventListener keeps one listener, whatever the calls on it", async () => {
  const foreign = new ForeignController();
  Object.assign(foreign.signal, { removeEventListener: undefined });
  const { client } = clientOn((attempt) => (attempt < 3 ? granted() : never()));
  const unhandled = await unhandledIn(async () => {
    for (let call = 0; call < 2; call++) await client.create(ROOM_ID, {}, { signal: foreign.signal });
    expect(foreign.listeners.size).toBe(1);
    const cut = rejection(client.create(ROOM_ID, {}, { signal: foreign.signal }));
    await vi.advanceTimersByTimeAsync(5);
    foreign.abort();
    expect(await cut).toMatchObject({ name: "AbortError" });
  });
  expect(unhandled).toEqual([]);
});

test("a fetch of the caller's that notices the abort before the client does not change the outcome", async () => {
  const foreign = new ForeignController();
  const fetch = () =>
    new Promise<never>((_, reject) => {
      foreign.signal.addEventListener("abort", () => reject(new Error("theirs")));
    });
  const calls = bothCalls({ fetch }, { signal: foreign.signal });
  await vi.advanceTimersByTimeAsync(5);
  Object.assign(foreign.signal, { aborted: true });
  for (const listener of [...foreign.listeners].reverse()) {
    listener();
    await vi.advanceTimersByTimeAsync(0); // after a listener that a timer called, promises settle before the next one
  }
  for (const ended of await Promise.all(calls))
    expect(ended).toMatchObject({ thrown: { name: "AbortError" } });
});

test("an abort ends all calls on that signal, and leaves those on another", async () => {
  const { client } = clientOn(never);
  const [one, other] = [new AbortController(), new AbortController()];
  const calls = [one, one, one, other].map(({ signal }) => rejection(client.create(ROOM_ID, {}, { signal })));
  await vi.advanceTimersByTimeAsync(10);
  one.abort("one");
  expect(await Promise.all(calls.slice(0, 3))).toEqual(["one", "one", "one"]);
  other.abort("other"); // a call that the first abort had ended could not end by this one
  expect(await calls[3]).toBe("other");
});
