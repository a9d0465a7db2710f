import { expect, test } from "vitest";
import { RoomsClientTokens } from "../../src/index.ts";
import { clientOn, granted, json, REFRESH_TOKEN, ROOM_ID, rejection } from "./support.ts";

const CLIENT_OPTIONS = [
  ...["apiKey", "baseUrl", "timeoutMs", "maxRetries", "fetch", "headers", "onAttempt"],
  ...["allowInsecureHttp", "dangerouslyAllowBrowser"],
];
const REQUEST_OPTIONS = ["signal", "timeoutMs", "maxRetries", "headers"];

/** Other spellings of a name that mean the same. */
function spellings(name: string): string[] {
  const words = name.split(/(?=[A-Z])/);
  const all = [
    words.join("_").toLowerCase(),
    words.join("-").toLowerCase(),
    words.join("_").toUpperCase(),
    name.toLowerCase(),
    name.toUpperCase(),
    `${name[0]?.toUpperCase()}${name.slice(1)}`,
    `_${name}`,
    name.replace(/(Url|Ms|Ttl)/, (part) => part.toUpperCase()),
  ];
  return [...new Set(all)].filter((spelling) => spelling !== name);
}

const refusal = (argument: string, spelling: string, name: string) => ({
  code: "invalid_argument",
  message: `${argument}.${spelling} must be spelled ${name}`,
});

test.each(CLIENT_OPTIONS)(
  "the client's option %s in another spelling is refused with the right one",
  (name) => {
    for (const spelling of spellings(name)) {
      expect(() => new RoomsClientTokens({ [spelling]: "CANARY" }), spelling).toThrow(
        expect.objectContaining(refusal("options", spelling, name)),
      );
    }
  },
);

test.each(["tokenTtlSecs", "refreshTokenTtlSecs"])(
  "create's parameter %s in another spelling is refused with the right one",
  async (name) => {
    for (const spelling of spellings(name)) {
      const { client, seen } = clientOn(granted);
      const error = await rejection(client.create(ROOM_ID, { [spelling]: 60 }));
      expect(error).toMatchObject({ ...refusal("params", spelling, name), operation: "create" });
      expect(seen).toEqual([]);
    }
  },
);

test.each(["refreshToken", "tokenTtlSecs"])(
  "refresh's parameter %s in another spelling is refused with the right one",
  async (name) => {
    for (const spelling of spellings(name)) {
      const { client, seen } = clientOn(granted);
      const params = { refreshToken: REFRESH_TOKEN, [spelling]: "CANARY" };
      const error = await rejection(client.refresh(ROOM_ID, params));
      expect(error).toMatchObject({ ...refusal("params", spelling, name), operation: "refresh" });
      expect(seen).toEqual([]);
    }
  },
);

test.each(REQUEST_OPTIONS)(
  "a call's option %s in another spelling is refused with the right one",
  async (name) => {
    for (const spelling of spellings(name)) {
      const { client, seen } = clientOn(granted);
      const error = await rejection(client.create(ROOM_ID, {}, { [spelling]: 5 }));
      expect(error).toMatchObject(refusal("options", spelling, name));
      expect(seen).toEqual([]);
    }
  },
);

test("a name in another spelling is refused also where it is inherited", async () => {
  const { client } = clientOn(granted);
  const error = await rejection(client.create(ROOM_ID, Object.create({ token_ttl_secs: 60 })));
  expect(error).toMatchObject({ code: "invalid_argument" });
});

test("other unknown members pass, so that a whole grant can be given to refresh", async () => {
  const { client, seen } = clientOn(() =>
    json(201, { data: { token: "t", token_expires_at: "2026-11-22T10:10:00Z" } }),
  );
  const grant = {
    token: "t",
    tokenExpiresAt: new Date(),
    refreshToken: REFRESH_TOKEN,
    refreshTokenExpiresAt: 5,
  };
  await client.refresh(ROOM_ID, grant);
  await client.refresh(ROOM_ID, grant, { retries: 5 } as object);
  expect(seen.map(({ body }) => body)).toEqual([
    { refresh_token: REFRESH_TOKEN },
    { refresh_token: REFRESH_TOKEN },
  ]);
});
