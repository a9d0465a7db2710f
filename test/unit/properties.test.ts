import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AttemptEvent, isRoomTokenError, RoomTokenClient } from "../../src/index.ts";
import { findCanaries } from "../faults/canaries.ts";
import {
  API_KEY,
  clientOn,
  errorOf,
  granted,
  REFRESH_TOKEN,
  ROOM_ID,
  rejection,
  stubFetch,
} from "./support.ts";

/** How often each property is tried; `npm run test:deep` tries harder. */
const RUNS = process.env["MODE"] === "deep" ? 15_000 : 300;
const LONG = { timeout: 60_000 + RUNS * 40 };

function holds<Input extends [unknown, ...unknown[]]>(property: fc.IAsyncProperty<Input>): Promise<void> {
  return fc.assert(property, { numRuns: RUNS });
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-22T10:00:00Z"), toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => void vi.useRealTimers());

/** A result, or undefined for an error of this package; anything else fails the property. */
async function settled<Result>(call: Promise<Result>): Promise<Result | undefined> {
  return call.catch((error: unknown) => {
    if (!isRoomTokenError(error)) throw error;
    return undefined;
  });
}

const uuid = fc.oneof(
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
);
const anyText = fc.string({ unit: "binary" });
const almostUuid = fc.oneof(
  fc.tuple(uuid, anyText).map(([id, more]) => id + more),
  fc.tuple(uuid, fc.nat(35), anyText).map(([id, at, other]) => id.slice(0, at) + other + id.slice(at + 1)),
  fc.tuple(fc.constantFrom(..."/?#\\\n {\0", "..", "%2f"), uuid).map((two) => two.join("")),
);

test("a room id is refused, or reaches exactly the path of its operation", LONG, async () => {
  const { client, seen } = clientOn(granted, { baseUrl: "https://api.example/v2" });
  let reached = 0;
  await holds(
    fc.asyncProperty(fc.oneof(uuid, almostUuid, anyText), async (roomId) => {
      const made = seen.length;
      const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(roomId);
      const grant = await settled(client.create(roomId));
      await settled(client.refresh(roomId, { refreshToken: REFRESH_TOKEN }));
      expect(grant !== undefined).toBe(isUuid);
      const actions = isUuid ? ["generate_join_client_token", "refresh_client_token"] : [];
      expect(seen.slice(made).map(({ url }) => new URL(url).href)).toEqual(
        actions.map((action) => `https://api.example/v2/rooms/${roomId}/actions/${action}`),
      );
      if (isUuid) reached++;
    }),
  );
  expect(reached).toBeGreaterThan(RUNS / 10); // else the property would say nothing
});

const dates = { noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") };
const time = fc.date(dates).map((date) => date.toISOString());
/** Mostly what it should be, else any JSON. */
const mostly = (good: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: fc.jsonValue() });
const detail = fc.dictionary(fc.constantFrom("code", "title", "detail", "message", "source"), fc.jsonValue());
const data = fc.record(
  {
    token: mostly(fc.string()),
    token_expires_at: mostly(time),
    refresh_token: mostly(fc.string()),
    refresh_token_expires_at: mostly(time),
  },
  { requiredKeys: ["token", "token_expires_at"] },
);
const envelope = { data: mostly(data), errors: mostly(fc.array(detail)) };
const grantText = fc.record(envelope, { requiredKeys: ["data"] }).map((value) => JSON.stringify(value));
const body = fc.oneof(
  grantText,
  fc.json(),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)),
  fc.tuple(grantText, fc.nat(99)).map(([text, length]) => text.slice(0, length)),
);

test("any body with any status is a whole result or an error of this package", LONG, async () => {
  let results = 0;
  const status = fc.oneof(fc.constantFrom(200, 201), fc.integer({ min: 200, max: 599 }));
  await holds(
    fc.asyncProperty(body, status, fc.boolean(), async (content, code, creates) => {
      const isEmpty = [204, 205, 304].includes(code);
      const { client } = clientOn(() => new Response(isEmpty ? null : content, { status: code }));
      const create = () => client.create(ROOM_ID);
      const refresh = () => client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
      const result = await settled<object>(creates ? create() : refresh());
      if (result === undefined) return;
      results++;
      expect(code).toBeLessThan(300);
      const values = Object.values(result);
      expect(values).toHaveLength(creates ? 4 : 2);
      for (const value of values) {
        const isTime = value instanceof Date && !Number.isNaN(value.getTime());
        expect(isTime || (typeof value === "string" && value !== "")).toBe(true);
      }
    }),
  );
  expect(results).toBeGreaterThan(RUNS / 100);
});

const nearNow = {
  noInvalidDate: true,
  min: new Date("2026-11-22T09:59:00Z"),
  max: new Date("2026-11-22T10:01:00Z"),
};
const headerValue = fc.oneof(
  fc.nat(20).map(String),
  fc.bigInt({ min: 0n }).map(String),
  fc.double().map(String),
  fc.date(nearNow).map((when) => when.toUTCString()),
  fc.string(),
);
const headerName = fc.constantFrom("retry-after", "x-ratelimit-reset", "date", "x-request-id");

test("any headers give delays of 0 to 12 s, or the error at once", LONG, async () => {
  let delays = 0;
  const status = fc.integer({ min: 400, max: 599 });
  await holds(
    fc.asyncProperty(status, fc.dictionary(headerName, headerValue), async (status, headers) => {
      const events: AttemptEvent[] = [];
      const onAttempt = (event: AttemptEvent) => void events.push(event);
      const startedAt = Date.now();
      const call = errorOf(() => new Response("", { status, headers }), { maxRetries: 2, onAttempt });
      await vi.runAllTimersAsync();
      expect(isRoomTokenError(await call)).toBe(true);
      const announced = events.flatMap(({ retryInMs }) => retryInMs ?? []);
      for (const delayMs of announced) expect(delayMs >= 0 && delayMs <= 12_000).toBe(true);
      expect(announced).toHaveLength(events.length - 1);
      expect(Date.now() - startedAt).toBe(announced.reduce((sum, delayMs) => sum + delayMs, 0));
      delays += announced.length;
    }),
  );
  expect(delays).toBeGreaterThan(RUNS / 10);
});

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

test("options and parameters are never changed, whatever they are", LONG, async () => {
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

const echoes = [API_KEY, `Bearer ${API_KEY}`, encodeURIComponent(API_KEY), JSON.stringify({ API_KEY })];
const echo = fc.constantFrom(...echoes);
const { thrown } = fc.letrec<{ thrown: unknown }>((tie) => ({
  thrown: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.anything(),
    echo,
    fc.record(
      { name: echo, message: echo, code: echo, cause: tie("thrown"), request: echo },
      { requiredKeys: [] },
    ),
    fc.tuple(echo, tie("thrown")).map(([message, cause]) => new TypeError(message, { cause })),
  ),
}));

test("whatever a fetch throws is connection_failed, and shows no secret", LONG, async () => {
  await holds(
    fc.asyncProperty(thrown, async (what) => {
      const error = await errorOf(() => Promise.reject(what));
      expect(error).toMatchObject({ code: "connection_failed", retryable: true });
      expect(findCanaries(error)).toEqual([]);
    }),
  );
});

const secret = fc
  .string({ minLength: 8, maxLength: 40, unit: "binary" })
  .map((text) => `CANARY${text}0123456789`);

test("a refresh token is replaced in an echo, however odd it is", LONG, async () => {
  await holds(
    fc.asyncProperty(
      secret,
      fc.string({ maxLength: 20 }),
      fc.boolean(),
      async (refreshToken, text, inUrl) => {
        const wellFormed = refreshToken.replace(/\p{Surrogate}/gu, "\ufffd");
        const title = `${text}${inUrl ? encodeURIComponent(wellFormed) : refreshToken}${text}`;
        const { client } = clientOn(() => new Response(JSON.stringify({ title }), { status: 403 }));
        const error = await rejection(client.refresh(ROOM_ID, { refreshToken }));
        expect(error).toMatchObject({ code: "forbidden" });
        expect(findCanaries(error)).toEqual([]);
      },
    ),
  );
});
