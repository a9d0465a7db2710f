import { expect, test } from "vitest";
import { type RefreshParams, RoomTokenClient } from "../../src/index.ts";
import { clientOn, granted, REFRESH_TOKEN, ROOM_ID, rejection, throws } from "./support.ts";

const CLIENT_OPTIONS =
  "apiKey, baseUrl, timeoutMs, maxRetries, fetch, headers, onAttempt, allowInsecureHttp, dangerouslyAllowBrowser";
const REQUEST_OPTIONS = "signal, timeoutMs, maxRetries, headers";
const CREATE_PARAMS = "tokenTtlSecs, refreshTokenTtlSecs";
const REFRESH_PARAMS = "refreshToken, tokenTtlSecs";

const having = (name: string) => Object.defineProperty({}, name, { value: "CANARY", enumerable: true });
const unknownMember = (argument: string, name: string, known: string) => ({
  code: "invalid_argument",
  message: `${argument} must not contain ${JSON.stringify(name)}; it may contain ${known}`,
});

/** What is not known anywhere: another unit, another spelling, a name of Object. */
const UNKNOWN = [
  ...["timeout", "ttl", "token_ttl_secs", "apikey", "baseURL", "signall"],
  ...["constructor", "__proto__"],
];

test.each(UNKNOWN)(
  "the unknown member %s is rejected wherever it stands, with the known ones",
  async (name) => {
    const { client, seen } = clientOn(granted);
    const params = Object.assign(having(name), { refreshToken: REFRESH_TOKEN }) as RefreshParams;
    const known = { refreshToken: REFRESH_TOKEN };
    expect(() => new RoomTokenClient(having(name))).toThrow(
      expect.objectContaining(unknownMember("options", name, CLIENT_OPTIONS)),
    );
    const rejections: [call: Promise<unknown>, argument: string, known: string][] = [
      [client.create(ROOM_ID, having(name)), "params", CREATE_PARAMS],
      [client.create(ROOM_ID, {}, having(name)), "options", REQUEST_OPTIONS],
      [client.refresh(ROOM_ID, params), "params", REFRESH_PARAMS],
      [client.refresh(ROOM_ID, known, having(name)), "options", REQUEST_OPTIONS],
    ];
    for (const [call, argument, known] of rejections)
      expect(await rejection(call)).toMatchObject(unknownMember(argument, name, known));
    expect(seen).toEqual([]);
  },
);

test("an option in the place of a parameter is rejected", async () => {
  const call = clientOn(granted).client.create(ROOM_ID, having("signal"));
  expect(await rejection(call)).toMatchObject(unknownMember("params", "signal", CREATE_PARAMS));
});

test("a member whose name looks like a secret is not shown", async () => {
  const secret = `KEY${"0123456789ABCDEF".repeat(2)}`;
  expect(await rejection(clientOn(granted).client.create(ROOM_ID, having(secret)))).toMatchObject({
    code: "invalid_argument",
    message: expect.not.stringContaining(secret),
  });
});

test("refresh takes a whole grant, and refuses what is neither in a grant nor a parameter", async () => {
  const { client, seen } = clientOn(granted);
  const grant = await client.create(ROOM_ID);
  await client.refresh(ROOM_ID, grant);
  await client.refresh(ROOM_ID, { ...grant, tokenTtlSecs: 60 });
  expect(seen.map(({ body }) => body).slice(1)).toEqual([
    { refresh_token: grant.refreshToken },
    { refresh_token: grant.refreshToken, token_ttl_secs: 60 },
  ]);
  const surplus = { ...grant, region: "eu" };
  expect(await rejection(client.refresh(ROOM_ID, surplus))).toMatchObject(
    unknownMember("params", "region", REFRESH_PARAMS),
  );
});

test("a member is read also where it is inherited, and a symbol or what is not enumerable is passed over", async () => {
  const { client, seen } = clientOn(granted);
  const params = Object.create({ tokenTtlSecs: 60 });
  Object.defineProperty(params, "hidden", { value: 5 });
  params[Symbol("tag")] = 5;
  await client.create(ROOM_ID, params);
  expect(seen[0]?.body).toEqual({ token_ttl_secs: 60 });
});

const getter = (name: string) => Object.defineProperty({}, name, { get: throws, enumerable: true });
const proxy = new Proxy({}, { has: throws, get: throws, ownKeys: throws });

test.each([
  ["a getter that throws", getter],
  ["a proxy that traps", () => proxy],
])("options, parameters and headers with %s are an invalid argument", async (_, unreadable) => {
  const { client, seen } = clientOn(granted);
  const refusal = (argument: string) => ({
    code: "invalid_argument",
    message: `${argument} must be readable: a getter or proxy threw`,
  });
  const options = unreadable("timeoutMs");
  const headers = unreadable("x-a");
  for (const [given, argument] of [
    [options, "options"],
    [{ headers }, "headers"],
  ] as const) {
    expect(() => new RoomTokenClient(given)).toThrow(expect.objectContaining(refusal(argument)));
    expect(await rejection(client.create(ROOM_ID, {}, given))).toMatchObject(refusal(argument));
  }
  expect(await rejection(client.create(ROOM_ID, unreadable("tokenTtlSecs")))).toMatchObject(
    refusal("params"),
  );
  const signal = unreadable("aborted") as AbortSignal;
  expect(await rejection(client.create(ROOM_ID, {}, { signal }))).toMatchObject({
    message: "signal must be an AbortSignal",
  });
  expect(seen).toEqual([]);
});
