import { getEventListeners } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { type ClientOptions, RoomsClientTokens } from "../../src/index.ts";
import {
  API_KEY,
  clientOn,
  GRANT_DATA,
  granted,
  json,
  REFRESH_TOKEN,
  ROOM_ID,
  rejection,
} from "./support.ts";

afterEach(() => void vi.unstubAllGlobals());
afterEach(() => void vi.unstubAllEnvs());

test.each([undefined, null, 5])(
  "where globalThis.fetch is %j, a call says to pass one, and makes no attempt",
  async (none) => {
    const onAttempt = vi.fn();
    const client = new RoomsClientTokens({ apiKey: API_KEY, onAttempt });
    vi.stubGlobal("fetch", none);
    for (const call of [client.create(ROOM_ID), client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN })]) {
      const error = (await rejection(call)) as Error;
      expect(error).toMatchObject({ code: "invalid_argument", retryable: false });
      expect(error.message).toBe("fetch must be given, because this platform has no globalThis.fetch");
    }
    expect(onAttempt).not.toHaveBeenCalled();
  },
);

test("a fetch that comes or is replaced after the client was made is the one that is called", async () => {
  vi.stubGlobal("fetch", undefined);
  const client = new RoomsClientTokens({ apiKey: API_KEY });
  const fetch = vi.fn(async () => granted());
  vi.stubGlobal("fetch", fetch);
  await client.create(ROOM_ID);
  expect(fetch).toHaveBeenCalledTimes(1);
});

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

  for (const when of ["before", "during", "in a wait"]) {
    const caller = polyfilledController();
    const answer = when === "in a wait" ? () => json(503, {}) : () => new Promise<Response>(() => {});
    const { client } = clientOn(answer, { maxRetries: 1 });
    if (when === "before") caller.abort();
    const failed = rejection(client.create(ROOM_ID, {}, { signal: caller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (when !== "before") caller.abort();
    expect(await failed, when).toMatchObject({ name: "AbortError" });
    expect(caller.listeners.size).toBe(0);
  }
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

test.each([0, "", false, null, Number.NaN, "text", new Error("mine")])(
  "the caller's reason %j comes through unchanged from every phase",
  async (reason) => {
    const phases: Record<string, () => ClientOptions> = {
      attempt: () => ({ fetch: () => new Promise(() => {}) }),
      wait: () => ({ fetch: async () => json(503, {}), maxRetries: 1 }),
      body: () => ({
        fetch: async () => ({ status: 201, headers: new Headers(), text: () => new Promise(() => {}) }),
      }),
      key: () => ({ fetch: async () => granted(), apiKey: () => new Promise(() => {}) }),
    };
    for (const [phase, options] of Object.entries(phases)) {
      const caller = new AbortController();
      const client = new RoomsClientTokens({ apiKey: API_KEY, maxRetries: 0, ...options() });
      const failed = client.create(ROOM_ID, {}, { signal: caller.signal }).catch((thrown) => ({ thrown }));
      await new Promise((resolve) => setTimeout(resolve, 10));
      caller.abort(reason);
      expect(await failed, phase).toEqual({ thrown: reason });
      expect(getEventListeners(caller.signal, "abort"), phase).toHaveLength(0);
    }
    const early = { signal: AbortSignal.abort(reason) };
    expect(
      await clientOn(granted)
        .client.create(ROOM_ID, {}, early)
        .catch((thrown) => ({ thrown })),
    ).toEqual({
      thrown: reason,
    });
  },
);

test.each([11, 1000])(
  "%i calls at once on one signal put one listener on it, and no warning",
  async (count) => {
    const warned = vi.fn();
    process.on("warning", warned);
    let answer: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { client } = clientOn(async () => held.then(granted));
    const { signal } = new AbortController();
    const calls = Array.from({ length: count }, () => client.create(ROOM_ID, {}, { signal }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    answer();
    await Promise.all(calls);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("warning", warned);
    expect(warned).not.toHaveBeenCalled();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  },
);

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

test("where the getters of URL throw, as in React Native, base URLs are checked all the same", async () => {
  class UrlWithoutGetters {
    constructor(text: string) {
      if (text.includes("bad")) throw new TypeError("Invalid URL");
      for (const name of ["protocol", "hostname", "href", "host", "port", "pathname"]) {
        Object.defineProperty(this, name, {
          get() {
            throw new Error(`URL.${name} is not implemented`);
          },
        });
      }
    }
  }
  vi.stubGlobal("URL", UrlWithoutGetters);
  const { client, seen } = clientOn(granted, { baseUrl: "https://h/v2/" });
  await client.create(ROOM_ID);
  expect(seen[0]?.url).toMatch(/^https:\/\/h\/v2\/rooms\//);
  for (const baseUrl of ["http://h", "https://u:p@h", "https://h?q", "https://bad"]) {
    expect(() => new RoomsClientTokens({ apiKey: API_KEY, baseUrl }), baseUrl).toThrow(/baseUrl/);
  }
  expect(() => new RoomsClientTokens({ apiKey: API_KEY, baseUrl: "http://127.0.0.1:1" })).not.toThrow();
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
    const client = new RoomsClientTokens({ apiKey: API_KEY, fetch: async () => data });
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
    expect((await client.refresh(ROOM_ID, { refreshToken: "r" })).token).toBe("CANARY-token");
  },
);

test("a header that is undefined is left out, of the client's and of the call's", async () => {
  const { client, seen } = clientOn(granted, { headers: { "x-a": undefined, "x-b": "1" } });
  await client.create(ROOM_ID, {}, { headers: { "X-B": undefined, "x-c": undefined } });
  expect(seen[0]?.headers).not.toHaveProperty("x-a");
  expect(seen[0]?.headers).not.toHaveProperty("x-c");
  expect(seen[0]?.headers).toHaveProperty("x-b", "1");
});

test("an empty key is refused in words of its own, from the option and not from the environment", () => {
  expect(() => new RoomsClientTokens({ apiKey: "" })).toThrow(
    "apiKey must be a key, and not an empty string",
  );
  vi.stubEnv("TELNYX_API_KEY", "");
  expect(() => new RoomsClientTokens()).not.toThrow();
});

test.each(["0", "a", "req", "forbidd"])(
  "a refresh token of %j leaves the error of its refusal as it is",
  async (refreshToken) => {
    const body = { code: "10010", title: "forbidden request 0" };
    const { client } = clientOn(() => json(403, body, { "x-request-id": "req-0a0" }));
    const error = await rejection(client.refresh(ROOM_ID, { refreshToken }));
    expect(error).toMatchObject({ code: "forbidden", requestId: "req-0a0", errors: [body] });
    expect((error as Error).message).toContain("403 forbidden request 0 (request id req-0a0)");
  },
);
