/** How the client calls fetch, and what it takes from it. */
import { afterEach, expect, test, vi } from "vitest";
import { type Fetch, RoomTokenClient } from "../../src/index.ts";
import {
  API_KEY,
  clientOn,
  granted,
  json,
  REFRESH_TOKEN,
  ROOM_ID,
  rejection,
  UrlWithoutGetters,
} from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const NO_FETCH = {
  code: "invalid_argument",
  retryable: false,
  message: "fetch must be passed: this platform has no globalThis.fetch",
};

test.each([undefined, null, 0, "", "fetch", {}, [], Promise.resolve()])(
  "where globalThis.fetch is %j, both calls are rejected before the key function is called, in a page too",
  async (none) => {
    vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (linux) jsdom/27.0.0" });
    vi.stubGlobal("fetch", none);
    const apiKey = vi.fn(() => API_KEY);
    const onAttempt = vi.fn();
    const client = new RoomTokenClient({ apiKey, onAttempt, dangerouslyAllowBrowser: true });
    expect(await rejection(client.create(ROOM_ID))).toMatchObject({ ...NO_FETCH, operation: "create" });
    expect(await rejection(client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN }))).toMatchObject({
      ...NO_FETCH,
      operation: "refresh",
    });
    expect(apiKey).not.toHaveBeenCalled();
    expect(onAttempt).not.toHaveBeenCalled();
  },
);

test("a fetch that is taken away during a call is still that call's, and no longer the next one's", async () => {
  const attempts = vi.fn(async () => {
    vi.stubGlobal("fetch", undefined);
    return attempts.mock.calls.length === 1 ? json(503, {}, { "retry-after": "0" }) : granted();
  });
  vi.stubGlobal("fetch", attempts);
  const client = new RoomTokenClient({ apiKey: API_KEY });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  expect(attempts).toHaveBeenCalledTimes(2);
  expect(await rejection(client.create(ROOM_ID))).toMatchObject(NO_FETCH);
});

test("fetch is called without a this, and the global one is looked up at each call", async () => {
  let self: unknown = "unset";
  const client = new RoomTokenClient({ apiKey: API_KEY });
  vi.stubGlobal("fetch", function (this: unknown) {
    self = this;
    return granted();
  });
  await client.create(ROOM_ID);
  expect(self).toBeUndefined();
});

test("a fetch that is given is the one that is called, where the platform has none or another", async () => {
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch: granted });
  const other = vi.fn();
  for (const platformFetch of [undefined, other]) {
    vi.stubGlobal("fetch", platformFetch);
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  }
  expect(other).not.toHaveBeenCalled();
});

class Thenable {
  // biome-ignore lint/suspicious/noThenProperty: what makes it a promise
  then(take: (response: Response) => void): void {
    take(granted());
  }
}

test.each([
  ["a value", () => granted()],
  ["a promise of another make", () => new Thenable()],
])("a fetch may answer with %s", async (_, fetch) => {
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch: fetch as unknown as Fetch });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
});

test("a fetch that throws instead of rejecting is a failed connection, and is tried again", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const fetch = vi.fn(granted).mockImplementationOnce(() => {
    throw new TypeError("no route");
  });
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch });
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
  expect(fetch).toHaveBeenCalledTimes(2);
});

const INIT_MEMBERS = ["body", "headers", "method", "redirect", "signal"];

test("the request init has no more members than every runtime takes, and forbids storing a token", async () => {
  const { client, seen } = clientOn(granted);
  await client.create(ROOM_ID);
  expect(Object.keys(seen[0]?.init ?? {}).sort()).toEqual([...INIT_MEMBERS, "cache"].sort());
  expect(seen[0]?.init).toMatchObject({ redirect: "manual", cache: "no-store" });
});

test.each([
  ["there is no Request", undefined],
  ["Request knows no cache mode", class {}],
])("where %s, as in older workers, the cache mode is left out", async (_, platformRequest) => {
  vi.stubGlobal("Request", platformRequest);
  const { client, seen } = clientOn(granted);
  await client.create(ROOM_ID);
  expect(Object.keys(seen[0]?.init ?? {}).sort()).toEqual(INIT_MEMBERS);
});

/** As React Native has it: it follows a redirect whatever it is told. Here it has come to this URL. */
function followingFetch(url: string, response: () => Response = granted) {
  return vi.fn(async () => Object.defineProperty(response(), "url", { value: url }));
}

/** A client on the platform's fetch. */
function clientBy(fetch: Fetch, baseUrl = "https://api.example:443/v2"): RoomTokenClient {
  vi.stubGlobal("fetch", fetch);
  return new RoomTokenClient({ apiKey: API_KEY, baseUrl, allowInsecureHttp: true });
}

const brokenBody = () =>
  new Response(new ReadableStream({ pull: () => Promise.reject(new Error("cut")) }), { status: 201 });

test.each([
  "https://evil.example/v2/rooms",
  "http://api.example/v2/rooms",
  "https://api.example:8443/v2",
  "https://api.example.evil.example/v2",
  "https://api.example@evil.example/v2",
])("a response that comes from %s is a refused redirect, whose body is not read", async (url) => {
  const words = { title: "CANARY" };
  for (const response of [granted, () => json(503, words), () => json(403, words), brokenBody]) {
    const fetch = followingFetch(url, response);
    const error = await rejection(clientBy(fetch).create(ROOM_ID));
    const message = `Creating a room client token failed: ${response().status} redirect, followed to another origin`;
    const refused = { code: "redirect_refused", message, bodyText: "" };
    expect(error).toMatchObject({ ...refused, retryable: false, attempts: 1, errors: [] });
    expect(fetch).toHaveBeenCalledTimes(1);
  }
});

test.each([
  ["https://api.example/v2/rooms", "https://api.example:443/v2"],
  ["HTTPS://API.EXAMPLE:443/x", "https://api.example:443/v2"],
  ["https://api.example:443", "https://api.example:443/v2"],
  ["", "https://api.example:443/v2"], // not known
  ["https://api.example/v2", "https://api.example:/v2"],
  ["https://xn--bcher-kva.example/v2", "https://bücher.example/v2"],
  ["http://127.0.0.1:8080/v2", "http://127.0.0.1:08080/v2"],
  ["http://[::1]:8080/v2", "http://[0:0:0:0:0:0:0:1]:8080/v2"],
])(
  "a response that comes from %j is a success where the base URL is %s: the origin is the same",
  async (url, baseUrl) => {
    expect((await clientBy(followingFetch(url), baseUrl).create(ROOM_ID)).token).toBe("CANARY-token");
  },
);

test.each([
  ["https://api.example", true],
  ["HTTPS://API.EXAMPLE:443/x", true],
  ["http://api.example:80/v2", false],
  ["https://api.example@evil.example/v2", false],
])(
  "where nothing can be read of a URL, a response from %s is of the same origin: %s",
  async (url, isSame) => {
    vi.stubGlobal("URL", UrlWithoutGetters);
    const outcome = await clientBy(followingFetch(url))
      .create(ROOM_ID)
      .catch((error) => error);
    expect(outcome).toMatchObject(isSame ? { token: "CANARY-token" } : { code: "redirect_refused" });
  },
);

test("a fetch of the caller's own may route as it likes", async () => {
  const { client } = clientOn(followingFetch("https://gateway.example/x"));
  expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
});
