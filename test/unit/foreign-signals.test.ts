import { getEventListeners } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { type ClientOptions, type Fetch, type RequestOptions, RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, granted, json, REFRESH_TOKEN, ROOM_ID } from "./support.ts";

afterEach(() => void vi.restoreAllMocks());

const never = () => new Promise<never>(() => {});
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How a call can be under way when its caller gives up. */
const PHASES: Record<string, ClientOptions> = {
  "the fetch hangs": { fetch: never },
  "a wait": { fetch: async () => json(503, {}), maxRetries: 1 },
  "a body hangs": { fetch: async () => new Response(new ReadableStream({ pull: never }), { status: 201 }) },
  "the body of a refusal hangs": {
    fetch: async () => new Response(new ReadableStream({ pull: never }), { status: 403 }),
  },
  "the key is asked for": { apiKey: never, fetch: never },
  "a text() hangs": { fetch: async () => ({ status: 201, headers: new Headers(), text: never }) },
};

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

test.each(Object.entries(PHASES))(
  "while %s, both calls reject with the caller's reason itself, whatever it is",
  async (_, options) => {
    for (const reason of REASONS) {
      const caller = new AbortController();
      const calls = bothCalls(options, { signal: caller.signal });
      await sleep(5);
      caller.abort(reason);
      for (const ended of await Promise.all(calls)) {
        expect(Object.is((ended as { thrown: unknown }).thrown, caller.signal.reason)).toBe(true);
      }
      expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
    }
  },
);

test.each(REASONS)(
  "a signal that is aborted before with %s sends nothing, asks for no key and reports no attempt",
  async (reason) => {
    const fetch = vi.fn<Fetch>(async () => granted());
    const apiKey = vi.fn(() => API_KEY);
    const onAttempt = vi.fn();
    const signal = AbortSignal.abort(reason);
    expect(await Promise.all(bothCalls({ fetch, apiKey, onAttempt }, { signal }))).toEqual([
      { thrown: signal.reason },
      { thrown: signal.reason },
    ]);
    expect(fetch).not.toHaveBeenCalled();
    expect(apiKey).not.toHaveBeenCalled();
    expect(onAttempt).not.toHaveBeenCalled();
  },
);

test("a signal that is aborted before wins over a missing key", async () => {
  const client = new RoomTokenClient({ apiKey: null });
  const signal = AbortSignal.abort("mine");
  expect(await client.create(ROOM_ID, {}, { signal }).catch((thrown: unknown) => ({ thrown }))).toEqual({
    thrown: "mine",
  });
});

test("a caller's own time limit is the caller's reason, not a timeout of the client", async () => {
  const [ended] = await Promise.all(bothCalls({ fetch: never }, { signal: AbortSignal.timeout(10) }));
  expect(ended).toMatchObject({ thrown: { name: "TimeoutError" } });
  expect((ended as { thrown: unknown }).thrown).toBeInstanceOf(DOMException);
});

test("a signal that is not aborted leaves the failure of a call as it is", async () => {
  const { signal } = new AbortController();
  for (const ended of await Promise.all(bothCalls({ fetch: async () => json(403, {}) }, { signal }))) {
    expect(ended).toMatchObject({ thrown: { code: "forbidden" } });
  }
});

/** A fetch that throws the control flow of a framework when its signal is aborted. */
const controlFlowWhenAborted: Fetch = (_, { signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(Object.assign(new Error("x"), { digest: "x" })));
  });

test("a digest that is thrown because the deadline is over is a timeout, and is retried", async () => {
  const fetch = vi.fn(controlFlowWhenAborted);
  vi.spyOn(Math, "random").mockReturnValue(0);
  const [ended] = await Promise.all(bothCalls({ fetch, timeoutMs: 5, maxRetries: 1 }, {}));
  expect(ended).toMatchObject({ thrown: { code: "timeout" } });
  expect(fetch).toHaveBeenCalledTimes(4);
});

test("a digest that is thrown because the caller gave up is the caller's reason", async () => {
  const caller = new AbortController();
  const calls = bothCalls({ fetch: controlFlowWhenAborted }, { signal: caller.signal });
  await sleep(5);
  caller.abort(0);
  expect(await Promise.all(calls)).toEqual([{ thrown: 0 }, { thrown: 0 }]);
});

/** A signal of another make: it is its own event target, and has no reason. */
class ForeignSignal {
  aborted = false;
  readonly listeners = new Map<object, (event: object) => void>();
  addEventListener(type: string, listener: (event: object) => void): void {
    if (type === "abort") this.listeners.set(listener, listener);
  }
  removeEventListener(type: string, listener: (event: object) => void): void {
    if (type === "abort") this.listeners.delete(listener);
  }
  abort(): void {
    this.aborted = true;
    for (const listener of [...this.listeners.values()]) listener.call(this, { type: "abort" });
  }
}

test.each(Object.entries(PHASES))(
  "while %s, the abort of a foreign signal without a reason gives both calls an AbortError",
  async (_, options) => {
    const foreign = new ForeignSignal();
    const calls = bothCalls(options, { signal: foreign as unknown as AbortSignal });
    await sleep(5);
    expect(foreign.listeners.size).toBe(1);
    foreign.abort();
    for (const ended of await Promise.all(calls))
      expect(ended).toMatchObject({ thrown: { name: "AbortError" } });
    expect(foreign.listeners.size).toBe(0);
  },
);

test("calls in different phases, of a client on one signal, share one listener, and leave none", async () => {
  const warned = vi.fn();
  process.on("warning", warned);
  const caller = new AbortController();
  const { signal } = caller;
  let asked = 0;
  // Every third create waits for its key. Of the requests every second one hangs, the others wait for a retry.
  const { client } = clientOn((request) => (request % 2 ? json(503, {}) : never()), {
    apiKey: () => (asked++ % 3 ? API_KEY : never()),
    maxRetries: 3,
  });
  const calls = Array.from({ length: 60 }, (_, index) =>
    (index % 2
      ? client.create(ROOM_ID, {}, { signal })
      : client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }, { signal })
    ).catch((thrown: unknown) => ({ thrown })),
  );
  await sleep(20);
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  caller.abort(false);
  expect(new Set((await Promise.all(calls)).map((ended) => JSON.stringify(ended)))).toEqual(
    new Set(['{"thrown":false}']),
  );
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  await sleep(5);
  process.off("warning", warned);
  expect(warned).not.toHaveBeenCalled();
});
