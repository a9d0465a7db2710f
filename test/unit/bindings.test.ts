import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { paths } from "../../generated/rooms-client-tokens.ts";
import { createBindings, type Init } from "../../src/client/bindings.ts";
import { RoomTokenClient } from "../../src/index.ts";
import { API_KEY, granted, json, REFRESH_TOKEN, ROOM_ID, stubFetch } from "./support.ts";

/** What openapi-fetch's POST was called with, in the order of the calls. */
const posted = vi.hoisted(() => [] as { path: string; init: Record<string, unknown> }[]);
/** How often openapi-fetch made a client. */
const made = vi.hoisted(() => ({ clients: 0 }));

vi.mock("openapi-fetch", async (load) => {
  const real = await load<typeof import("openapi-fetch")>();
  return {
    ...real,
    default: (options: Parameters<typeof real.default>[0]) => {
      made.clients++;
      const client = real.default(options);
      return {
        POST: (path: never, init: never) => {
          posted.push({ path, init });
          return (client.POST as (path: never, init: never) => unknown)(path, init);
        },
      };
    },
  };
});

beforeEach(() => void posted.splice(0));
afterEach(() => void vi.restoreAllMocks());

const CREATE = "/rooms/{room_id}/actions/generate_join_client_token";
const REFRESH = "/rooms/{room_id}/actions/refresh_client_token";

test("every call of the facade goes through openapi-fetch, as path, parameters, body and headers", async () => {
  const { fetch, seen } = stubFetch(granted);
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch });
  await client.create(ROOM_ID, { tokenTtlSecs: 60 }, { headers: { "X-Trace": "1" } });
  await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
  expect(posted).toMatchObject([
    {
      path: CREATE,
      init: {
        params: { path: { room_id: ROOM_ID } },
        body: { token_ttl_secs: 60 },
        headers: { "x-trace": "1", authorization: `Bearer ${API_KEY}` },
      },
    },
    {
      path: REFRESH,
      init: { params: { path: { room_id: ROOM_ID } }, body: { refresh_token: REFRESH_TOKEN } },
    },
  ]);
  expect(seen).toHaveLength(2);
});

test("each attempt of a call is a request of openapi-fetch", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { fetch, seen } = stubFetch((attempt) =>
    attempt === 1 ? json(503, {}, { "retry-after": "0" }) : granted(),
  );
  await new RoomTokenClient({ apiKey: API_KEY, fetch }).create(ROOM_ID);
  expect(seen).toHaveLength(2);
  expect(posted).toHaveLength(2);
});

test("openapi-fetch's client is made once per client, not per call", async () => {
  const { fetch } = stubFetch(granted);
  made.clients = 0;
  const client = new RoomTokenClient({ apiKey: API_KEY, fetch });
  for (let call = 0; call < 3; call++) await client.create(ROOM_ID);
  expect(made.clients).toBe(1);
});

// What follows is checked by the compiler alone.
declare const fetch: Init<typeof CREATE>["fetch"];
const params = { path: { room_id: ROOM_ID } };
const headers = {};

const compiled = () => [
  { params, headers, fetch, body: {} } satisfies Init<typeof CREATE>,
  { params, headers, fetch, body: { token_ttl_secs: undefined } } satisfies Init<typeof CREATE>,
  // @ts-expect-error the path needs its parameter
  { params: { path: {} }, headers, fetch, body: {} } satisfies Init<typeof CREATE>,
  // @ts-expect-error a parameter that the path does not have
  { params: { path: { room_id: "", room: "" } }, headers, fetch, body: {} } satisfies Init<typeof CREATE>,
  // @ts-expect-error a body member in another spelling
  { params, headers, fetch, body: { tokenTtlSecs: 5 } } satisfies Init<typeof CREATE>,
  // @ts-expect-error a body member of another type
  { params, headers, fetch, body: { token_ttl_secs: "5" } } satisfies Init<typeof CREATE>,
  // @ts-expect-error a body member of the other operation
  { params, headers, fetch, body: { refresh_token: "r" } } satisfies Init<typeof CREATE>,
  // @ts-expect-error the refresh token is required, also as undefined
  { params, headers, fetch, body: { refresh_token: undefined } } satisfies Init<typeof REFRESH>,
  // @ts-expect-error a path that the fragment does not have
  () => createBindings("", {}).POST("/rooms/{room_id}/actions/join", { params, body: {} }),
  async () => {
    const { data } = await createBindings("", {}).POST(CREATE, { params, body: {} });
    const token: string | undefined = data?.data?.token;
    // @ts-expect-error a member that the answer does not have
    return [token, data?.data?.tokenExpiresAt];
  },
  async () => {
    const { data } = await createBindings("", {}).POST(REFRESH, { params, body: { refresh_token: "r" } });
    // @ts-expect-error a refresh gives no refresh token
    return data?.data?.refresh_token;
  },
  (path: keyof paths) => path satisfies typeof CREATE | typeof REFRESH,
];
void compiled;
