import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type AttemptEvent,
  type ClientOptions,
  isRoomTokenError,
  RoomTokenClient,
  type RoomTokenErrorCode,
} from "../../src/index.ts";
import { holds, RUNS, TIMEOUT_MS } from "./properties.ts";
import { API_KEY, clientOn, granted, REFRESH_TOKEN, ROOM_ID, stubFetch } from "./support.ts";

const CODES: Record<RoomTokenErrorCode, true> = {
  invalid_argument: true,
  missing_api_key: true,
  bad_request: true,
  unauthorized: true,
  forbidden: true,
  not_found: true,
  conflict: true,
  unprocessable: true,
  rate_limited: true,
  server_error: true,
  unexpected_status: true,
  redirect_refused: true,
  invalid_response: true,
  connection_failed: true,
  timeout: true,
  session_closed: true,
};
/** A result, or an error of this package with a code that is documented; anything else fails the property. */
async function settled<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    expect(Object.keys(CODES)).toContain(error.code);
    expect(error).toBeInstanceOf(Error);
    return undefined;
  }
}

const uuid = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
);
const almostUuid = fc.oneof(
  fc.tuple(uuid, fc.string({ unit: "binary" })).map(([id, more]) => id + more),
  fc
    .tuple(uuid, fc.nat(35), fc.string({ unit: "binary", maxLength: 2 }))
    .map(([id, at, other]) => id.slice(0, at) + other + id.slice(at + 1)),
  fc
    .tuple(fc.constantFrom("/", "..", "%2f", "?", "#", "\\", "\n", " ", "{", "\u0000"), uuid)
    .map((two) => two.join("")),
);

test("a room id is refused, or reaches exactly the path of its operation", {
  timeout: TIMEOUT_MS,
}, async () => {
  const { client, seen } = clientOn(granted, { baseUrl: "https://api.example/v2" });
  let reached = 0;
  await holds(
    fc.asyncProperty(fc.oneof(uuid, almostUuid, fc.string({ unit: "binary" })), async (roomId) => {
      const made = seen.length;
      const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(roomId);
      const grant = await settled(client.create(roomId));
      await settled(client.refresh(roomId, { refreshToken: REFRESH_TOKEN }));
      expect(grant !== undefined).toBe(isUuid);
      expect(seen.slice(made).map(({ url }) => new URL(url).href)).toEqual(
        isUuid
          ? ["generate_join_client_token", "refresh_client_token"].map(
              (action) => `https://api.example/v2/rooms/${roomId}/actions/${action}`,
            )
          : [],
      );
      if (isUuid) reached++;
    }),
  );
  expect(reached).toBeGreaterThan(RUNS / 10); // else the property would say nothing
});

const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") })
  .map((date) => date.toISOString());
/** Mostly what it should be, else any JSON. */
const mostly = (good: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: fc.jsonValue() });
const detail = fc.dictionary(fc.constantFrom("code", "title", "detail", "message", "source"), fc.jsonValue());
const grantLike = fc.record(
  {
    data: mostly(
      fc.record(
        {
          token: mostly(fc.string()),
          token_expires_at: mostly(time),
          refresh_token: mostly(fc.string()),
          refresh_token_expires_at: mostly(time),
        },
        { requiredKeys: ["token", "token_expires_at"] },
      ),
    ),
    errors: mostly(fc.array(detail)),
  },
  { requiredKeys: ["data"] },
);
const encoder = new TextEncoder();
const body = fc.oneof(
  grantLike.map((value) => encoder.encode(JSON.stringify(value))),
  fc.json().map((text) => encoder.encode(text)),
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(grantLike, fc.nat())
    .map(([value, length]) => encoder.encode(JSON.stringify(value).slice(0, length % 100))),
);
const filled = (value: unknown) => typeof value === "string" && value !== "";

test("any body with any status is a whole result or an error of this package", {
  timeout: TIMEOUT_MS,
}, async () => {
  let results = 0;
  const status = fc.oneof(fc.constantFrom(200, 201), fc.integer({ min: 200, max: 599 }));
  await holds(
    fc.asyncProperty(body, status, fc.boolean(), async (bytes, code, creates) => {
      const empty = [204, 205, 304].includes(code);
      const { client } = clientOn(
        () => new Response(empty ? null : Uint8Array.from(bytes), { status: code }),
      );
      const call = creates
        ? client.create(ROOM_ID)
        : client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
      const result = await settled<object>(call);
      if (result === undefined) return;
      results++;
      expect(code).toBeLessThan(300);
      const values = Object.values(result);
      expect(values).toHaveLength(creates ? 4 : 2);
      for (const value of values) {
        expect(value instanceof Date ? !Number.isNaN(value.getTime()) : filled(value)).toBe(true);
      }
    }),
  );
  expect(results).toBeGreaterThan(RUNS / 100);
});

describe("with a clock of its own", () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-22T10:00:00Z") }));
  afterEach(() => void vi.useRealTimers());

  const printable = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  });
  const date = fc.date({
    noInvalidDate: true,
    min: new Date("2026-11-22T09:59:00Z"),
    max: new Date("2026-11-22T10:01:00Z"),
  });
  const value = fc.oneof(
    fc.nat(20).map(String),
    fc.bigInt({ min: 0n }).map(String),
    fc.double().map(String),
    date.map((when) => when.toUTCString()),
    printable,
  );
  const headers = fc.dictionary(
    fc.constantFrom("retry-after", "x-ratelimit-reset", "date", "x-request-id"),
    value,
  );

  test("any headers give waits of 0 to 12 s, or the error at once", { timeout: TIMEOUT_MS }, async () => {
    let waits = 0;
    await holds(
      fc.asyncProperty(fc.integer({ min: 400, max: 599 }), headers, async (status, given) => {
        const events: AttemptEvent[] = [];
        const options: ClientOptions = { maxRetries: 2, onAttempt: (event) => events.push(event) };
        const { client } = clientOn(() => new Response("", { status, headers: given }), options);
        const call = settled(client.create(ROOM_ID));
        const startedAt = Date.now();
        await vi.runAllTimersAsync();
        await call;
        const announced = events.flatMap(({ retryInMs }) => retryInMs ?? []);
        for (const waitMs of announced) expect(waitMs >= 0 && waitMs <= 12_000).toBe(true);
        expect(announced).toHaveLength(events.length - 1);
        const elapsedMs = Date.now() - startedAt;
        expect(elapsedMs).toBeGreaterThanOrEqual(announced.reduce((sum, waitMs) => sum + waitMs, 0));
        expect(elapsedMs).toBeLessThanOrEqual(24_000);
        waits += announced.length;
      }),
    );
    expect(waits).toBeGreaterThan(RUNS / 10);
  });
});

test("options and parameters are never changed, whatever they are", { timeout: TIMEOUT_MS }, async () => {
  const deepFreeze = <T>(value: T): T => {
    if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
    return Object.freeze(value);
  };
  const some = fc.oneof(fc.anything(), fc.integer({ min: 1, max: 100_000 }), fc.constant(undefined));
  const bag = (...names: string[]) => fc.dictionary(fc.constantFrom(...names), some).map(deepFreeze);
  const { fetch, seen } = stubFetch(granted);
  await holds(
    fc.asyncProperty(
      bag("apiKey", "timeoutMs", "maxRetries", "headers", "unknown"),
      bag("tokenTtlSecs", "refreshTokenTtlSecs", "refreshToken"),
      bag("timeoutMs", "maxRetries", "headers", "signal"),
      async (options, params, callOptions) => {
        const before = structuredClone([options, params, callOptions]);
        const make = async () => new RoomTokenClient({ apiKey: API_KEY, ...options, fetch });
        const client = (await settled(make())) ?? new RoomTokenClient({ apiKey: API_KEY, fetch });
        await settled(client.create(ROOM_ID, params, callOptions));
        await settled(client.refresh(ROOM_ID, params as never, callOptions));
        expect([options, params, callOptions]).toEqual(before);
      },
    ),
  );
  expect(seen.length).toBeGreaterThan(0);
});
