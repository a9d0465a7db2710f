import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { client, ROOM_ID, rawCall } from "./calls.ts";
import { MEMBERS, type OperationId, readFragment, strictView } from "./fragment-view.ts";
import { type RunningPrism, startMock } from "./prism.ts";

let strict: RunningPrism;
let lenient: RunningPrism;

beforeAll(async () => {
  [strict, lenient] = await Promise.all([startMock(strictView()), startMock(readFragment())]);
});

afterAll(() => Promise.all([strict.close(), lenient.close()]));

/** A client of the strict mock, and what it sends. */
function recordingClient() {
  const sent: { headers: Headers; body: Record<string, unknown> }[] = [];
  const roomTokens = client(strict.url, async (url, init) => {
    sent.push({ headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) });
    return fetch(url, init);
  });
  return { roomTokens, sent };
}

describe("our requests in the strict view of the fragment", () => {
  it("create sends every member that the fragment knows, with the key, and is accepted", async () => {
    const { roomTokens, sent } = recordingClient();
    await roomTokens.create(ROOM_ID, { tokenTtlSecs: 60, refreshTokenTtlSecs: 120 });
    expect(Object.keys(sent[0]?.body ?? {}).sort()).toEqual(MEMBERS.CreateRoomClientToken);
    expect(sent[0]?.body).toEqual({ token_ttl_secs: 60, refresh_token_ttl_secs: 120 });
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer KEY_contract");
  });

  it("refresh sends every member that the fragment knows, without the key, and is accepted", async () => {
    const { roomTokens, sent } = recordingClient();
    await roomTokens.refresh(ROOM_ID, { refreshToken: "a-refresh-token", tokenTtlSecs: 60 });
    expect(Object.keys(sent[0]?.body ?? {}).sort()).toEqual(MEMBERS.RefreshRoomClientToken);
    expect(sent[0]?.body).toEqual({ refresh_token: "a-refresh-token", token_ttl_secs: 60 });
    expect(sent[0]?.headers.has("authorization")).toBe(false);
  });

  it("the smallest requests are accepted too", async () => {
    const { roomTokens, sent } = recordingClient();
    await roomTokens.create(ROOM_ID);
    await roomTokens.refresh(ROOM_ID, { refreshToken: "a-refresh-token" });
    expect(sent.map(({ body }) => body)).toEqual([{}, { refresh_token: "a-refresh-token" }]);
  });
});

const body = { refresh_token: "a-refresh-token" };
const bearer = { authorization: "Bearer KEY_contract" };
const strays: [string, OperationId, Record<string, unknown>, Record<string, string>, number][] = [
  ["a refresh with an Authorization header", "RefreshRoomClientToken", body, bearer, 401],
  ["a refresh with an unknown member", "RefreshRoomClientToken", { ...body, ttl: 60 }, {}, 422],
  ["a create with an unknown member", "CreateRoomClientToken", { ttl: 60 }, bearer, 422],
];

describe("what the strict view is for", () => {
  it.each(strays)("it refuses %s, which the fragment itself lets pass", async (_, operationId, ...rest) => {
    const [sent, headers, status] = rest;
    expect((await rawCall(strict.url, operationId, sent, headers)).status).toBe(status);
    expect((await rawCall(lenient.url, operationId, sent, headers)).status).toBe(201);
  });
});
