import { afterEach, expect, test, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, GRANT_DATA, granted, ROOM_ID, rejection } from "./support.ts";

afterEach(() => void vi.unstubAllGlobals());

/** As abort-controller 3 and React Native have it: no reason, no throwIfAborted, own event target. */
function polyfilledController() {
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    addEventListener: (_: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  };
  const abort = () => {
    signal.aborted = true;
    for (const listener of [...listeners]) listener();
  };
  return { signal: signal as unknown as AbortSignal, abort, listeners };
}

test("a signal without throwIfAborted and reason works, and its abort is an AbortError", async () => {
  const { signal, listeners } = polyfilledController();
  await clientOn(granted).client.create(ROOM_ID, {}, { signal });
  expect(listeners.size).toBe(0);

  const early = polyfilledController();
  early.abort();
  const refused = rejection(clientOn(granted).client.create(ROOM_ID, {}, { signal: early.signal }));
  expect(await refused).toMatchObject({ name: "AbortError" });
  expect(early.listeners.size).toBe(0);
});

test("a signal without removeEventListener keeps one listener, whatever the calls on it", async () => {
  const { signal, abort, listeners } = polyfilledController();
  Object.assign(signal, { removeEventListener: undefined });
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { client } = clientOn((attempt) => (attempt < 3 ? granted() : new Promise<never>(() => {})));
  for (let call = 0; call < 2; call++) await client.create(ROOM_ID, {}, { signal });
  expect(listeners.size).toBe(1);
  const cut = rejection(client.create(ROOM_ID, {}, { signal }));
  await new Promise((resolve) => setTimeout(resolve, 5));
  abort();
  expect(await cut).toMatchObject({ name: "AbortError" });
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("where the platform's own AbortController is such a one, calls and deadlines work", async () => {
  class Polyfill {
    readonly #controller = polyfilledController();
    readonly signal = this.#controller.signal;
    abort() {
      this.#controller.abort();
    }
  }
  vi.stubGlobal("AbortController", Polyfill);
  expect((await clientOn(granted).client.create(ROOM_ID)).token).toBe("CANARY-token");
  const stalled = clientOn(() => new Promise(() => {}), { timeoutMs: 10 });
  expect(await rejection(stalled.client.create(ROOM_ID))).toMatchObject({ code: "timeout" });
});

test("an abort ends all calls on that signal, and leaves those on another", async () => {
  const { client } = clientOn(() => new Promise(() => {}));
  const [one, other] = [new AbortController(), new AbortController()];
  const calls = [one, one, one, other].map(({ signal }) => rejection(client.create(ROOM_ID, {}, { signal })));
  await new Promise((resolve) => setTimeout(resolve, 10));
  one.abort("one");
  expect(await Promise.all(calls.slice(0, 3))).toEqual(["one", "one", "one"]);
  other.abort("other"); // a call that the first abort had ended could not end by this one
  expect(await calls[3]).toBe("other");
});

test("without TextDecoder a body is read by text(), and one token is minted", async () => {
  vi.stubGlobal("TextDecoder", undefined);
  const { client, seen } = clientOn(granted);
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  expect(seen).toHaveLength(1);
});

test.each(["Request", "Response", "performance", "process", "navigator", "DOMException"])(
  "without %s on the platform both calls work",
  async (name) => {
    vi.stubGlobal(name, undefined);
    const data = {
      status: 201,
      headers: { get: () => null },
      text: async () => JSON.stringify({ data: GRANT_DATA }),
    };
    const client = new RoomTokenClient({ apiKey: API_KEY, fetch: async () => data });
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
    expect((await client.refresh(ROOM_ID, { refreshToken: "r" })).token).toBe("CANARY-token");
  },
);
