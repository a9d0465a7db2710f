import { expect, test } from "vitest";
import { type RefreshParams, RoomTokenClient, type RoomTokenError } from "../../src/index.ts";
import { clientOn, granted, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

const CLIENT_OPTIONS =
  "apiKey, baseUrl, timeoutMs, maxRetries, fetch, headers, onAttempt, allowInsecureHttp, dangerouslyAllowBrowser";
const REQUEST_OPTIONS = "signal, timeoutMs, maxRetries, headers";
const CREATE_PARAMS = "tokenTtlSecs, refreshTokenTtlSecs";
const REFRESH_PARAMS = "refreshToken, tokenTtlSecs";

/** What is not known anywhere: another unit, another spelling, a member of another argument, a name of Object. */
const UNKNOWN = [
  "timeout",
  "ttl",
  "token_ttl_secs",
  "apikey",
  "baseURL",
  "signall",
  "constructor",
  "__proto__",
];

const having = (name: string) => Object.defineProperty({}, name, { value: "CANARY", enumerable: true });
const unknownMember = (argument: string, name: string, known: string) => ({
  code: "invalid_argument",
  message: `${argument} must not contain ${JSON.stringify(name)}; it may contain ${known}`,
});

test.each(UNKNOWN)(
  "the unknown member %s is rejected wherever it stands, with the known ones",
  async (name) => {
    const { client, seen } = clientOn(granted);
    const params = { ...having(name), refreshToken: REFRESH_TOKEN } as RefreshParams;
    Object.defineProperty(params, name, { value: "CANARY", enumerable: true }); // spreading loses __proto__
    expect(() => new RoomTokenClient(having(name))).toThrow(
      expect.objectContaining(unknownMember("options", name, CLIENT_OPTIONS)),
    );
    const rejections = [
      [client.create(ROOM_ID, having(name)), unknownMember("params", name, CREATE_PARAMS)],
      [client.create(ROOM_ID, {}, having(name)), unknownMember("options", name, REQUEST_OPTIONS)],
      [client.refresh(ROOM_ID, params), unknownMember("params", name, REFRESH_PARAMS)],
      [
        client.refresh(ROOM_ID, { refreshToken: "r" }, having(name)),
        unknownMember("options", name, REQUEST_OPTIONS),
      ],
    ] as const;
    for (const [call, expected] of rejections) expect(await rejection(call)).toMatchObject(expected);
    expect(seen).toEqual([]);
  },
);

test("an option in the place of a parameter is rejected", async () => {
  const { signal } = new AbortController();
  const { client } = clientOn(granted);
  const error = await rejection(client.create(ROOM_ID, { signal } as object));
  expect(error).toMatchObject(unknownMember("params", "signal", CREATE_PARAMS));
});

test("a member whose name looks like a secret is not shown", async () => {
  const secret = `KEY${"0123456789ABCDEF".repeat(2)}`;
  const error = (await rejection(clientOn(granted).client.create(ROOM_ID, having(secret)))) as RoomTokenError;
  expect(error.code).toBe("invalid_argument");
  expect(error.message).not.toContain(secret);
});

test("refresh takes a whole grant, and refuses what is neither in a grant nor a parameter", async () => {
  const { client, seen } = clientOn((attempt) =>
    attempt === 1 ? granted() : json(201, { data: { token: "t", token_expires_at: "2026-11-22T10:10:00Z" } }),
  );
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

const throws = () => {
  throw new Error("CANARY");
};
const getter = (name: string) => Object.defineProperty({}, name, { get: throws, enumerable: true });
const proxy = new Proxy({}, { ownKeys: throws });

test.each([
  ["a getter that throws", getter("timeoutMs"), getter("tokenTtlSecs")],
  ["a proxy that traps", proxy, proxy],
])("options and parameters with %s are an invalid argument", async (_, options, params) => {
  const { client, seen } = clientOn(granted);
  const unreadable = (argument: string) => ({
    code: "invalid_argument",
    message: `${argument} must be readable: a getter or a proxy threw`,
  });
  expect(() => new RoomTokenClient(options)).toThrow(expect.objectContaining(unreadable("options")));
  expect(await rejection(client.create(ROOM_ID, params))).toMatchObject(unreadable("params"));
  expect(await rejection(client.create(ROOM_ID, {}, options))).toMatchObject(unreadable("options"));
  expect(seen).toEqual([]);
});
