import { expect, test, vi } from "vitest";
import type { paths } from "../../generated/rooms-client-tokens.ts";
import { createBindings, type Init } from "../../src/client/bindings.ts";
import { API_KEY, clientOn, granted, json, REFRESH_TOKEN, ROOM_ID } from "./support.ts";

/** How often openapi-fetch made a client, and what its POST was called with. */
const openapiFetch = vi.hoisted(() => ({ clients: 0, posted: [] as { path: string; init: object }[] }));

vi.mock("openapi-fetch", async (load) => {
  const real = await load<typeof import("openapi-fetch")>();
  const createClient = (options: object) => {
    openapiFetch.clients++;
    const client = real.default<object>(options);
    const POST = (path: never, init: never) => {
      openapiFetch.posted.push({ path, init });
      return (client.POST as (path: never, init: never) => unknown)(path, init);
    };
    return { POST };
  };
  return { ...real, default: createClient };
});

const CREATE = "/rooms/{room_id}/actions/generate_join_client_token";
const REFRESH = "/rooms/{room_id}/actions/refresh_client_token";

test("each attempt of each call goes through openapi-fetch, whose client is made once", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0);
  const { client, seen } = clientOn(
    (attempt) => (attempt === 1 ? json(503, {}, { "retry-after": "0" }) : granted()),
    { maxRetries: 1 },
  );
  await client.create(ROOM_ID, { tokenTtlSecs: 60 }, { headers: { "X-Trace": "1" } });
  await client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
  vi.restoreAllMocks();
  const params = { path: { room_id: ROOM_ID } };
  const headers = { "x-trace": "1", authorization: `Bearer ${API_KEY}` };
  const create = { path: CREATE, init: { params, body: { token_ttl_secs: 60 }, headers } };
  const refresh = { path: REFRESH, init: { params, body: { refresh_token: REFRESH_TOKEN } } };
  expect(openapiFetch.posted).toMatchObject([create, create, refresh]);
  expect(openapiFetch.clients).toBe(1);
  expect(seen).toHaveLength(3);
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
