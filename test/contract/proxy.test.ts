import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RoomTokenClient } from "../../src/index.ts";
import { type SandboxServer, startServer } from "../../src/sandbox/server.ts";
import { client, rawCall } from "./calls.ts";
import { MEMBERS, type OperationId, strictView } from "./fragment-view.ts";
import { type RunningPrism, startProxy } from "./prism.ts";

interface Violation {
  readonly location: readonly string[];
  readonly severity: string;
  readonly message: string;
}

const OTHER_ROOM = "11111111-2222-4333-8444-555555555555";
let sandbox: SandboxServer;
let proxy: RunningPrism;
let violations: Violation[];

beforeAll(async () => {
  sandbox = await startServer();
  proxy = await startProxy(strictView(), sandbox.url);
});

afterAll(() => Promise.all([proxy.close(), sandbox.close()]));

beforeEach(() => {
  sandbox.reset();
  violations = [];
});

/** Keeps what the proxy found of severity "Error"; a warning is an answer that the fragment does not declare. */
function note(response: Response): Response {
  const found: Violation[] = JSON.parse(response.headers.get("sl-violations") ?? "[]");
  violations.push(...found.filter(({ severity }) => severity === "Error"));
  return response;
}

function proxied(apiKey = sandbox.apiKey): RoomTokenClient {
  return client(proxy.url, async (url, init) => note(await fetch(url, init)), apiKey);
}

type Scene = (roomTokens: RoomTokenClient, roomId: string) => Promise<unknown>;

const refusals: [string, number, Scene][] = [
  ["a create with a wrong key", 401, (_, room) => proxied("KEY_wrong").create(room)],
  ["a refresh with an expired refresh token", 403, (ours, room) => ours.refresh(room, { refreshToken: "x" })],
  ["a create for an unknown room", 404, (ours) => ours.create(OTHER_ROOM)],
  ["a refresh for an unknown room", 404, (ours) => ours.refresh(OTHER_ROOM, { refreshToken: "x" })],
  ["a create over the rate limit", 429, (ours, room) => ours.create(room)],
  ["a create during an outage", 503, (ours, room) => ours.create(room)],
];

describe("between our client and the sandbox, Prism finds no violation in", () => {
  it("a create and a refresh with every member that the fragment knows, and with as few as possible", async () => {
    const { roomId } = sandbox;
    const ours = proxied();
    const { refreshToken } = await ours.create(roomId, { tokenTtlSecs: 60, refreshTokenTtlSecs: 120 });
    const { token } = await ours.refresh(roomId, { refreshToken, tokenTtlSecs: 30 });
    await ours.create(roomId);
    await ours.refresh(roomId, { refreshToken });
    expect(sandbox.accepts(token)).toBe(true);
    const bodies = sandbox.exchanges.map(({ body }) => Object.keys(JSON.parse(body)).sort());
    const { CreateRoomClientToken: ofCreate, RefreshRoomClientToken: ofRefresh } = MEMBERS;
    expect(bodies).toEqual([ofCreate, ofRefresh, [], ["refresh_token"]]);
    expect(sandbox.requests.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(violations).toEqual([]);
  });

  it.each(refusals)("%s (%d)", async (_, status, scene) => {
    if (status === 429) sandbox.set({ requestsPerMinute: 0 });
    if (status === 503) sandbox.failNext({ status });
    await expect(scene(proxied(), sandbox.roomId)).rejects.toMatchObject({ status });
    expect(sandbox.requests.map((request) => request.status)).toEqual([status]);
    expect(violations).toEqual([]);
  });
});

const wrongMembers = Object.entries(MEMBERS).flatMap(([operationId, names]) =>
  [...names, "unknown"].map((member) => [operationId as OperationId, member] as const),
);

describe("between our client and the sandbox, Prism would notice", () => {
  it.each(wrongMembers)("%s with a wrong member %s, in the request", async (operationId, member) => {
    const { refreshToken } = await proxied().create(sandbox.roomId);
    const isCreate = operationId === "CreateRoomClientToken";
    const body = { ...(!isCreate && { refresh_token: refreshToken }), [member]: [] };
    note(await rawCall(proxy.url, operationId, JSON.stringify(body), headers(isCreate)));
    expect(violations).toHaveLength(1);
    expect(violations[0]?.location.slice(0, 2)).toEqual(["request", "body"]);
    expect(JSON.stringify(violations[0])).toContain(member);
  });

  it("an Authorization header on refresh", async () => {
    const { refreshToken } = await proxied().create(sandbox.roomId);
    const body = JSON.stringify({ refresh_token: refreshToken });
    note(await rawCall(proxy.url, "RefreshRoomClientToken", body, headers(true)));
    expect(violations).toHaveLength(1);
    expect(violations[0]?.location[0]).toBe("request");
  });

  it.each([
    ["a success whose token is a number", 201, { data: { token: 5 } }, "token"],
    ["a 403 in the envelope", 403, { errors: [{ code: "10010", title: "x" }] }, "'code'"],
    ["a 404 without the envelope", 404, { success: false, message: "no" }, "'errors'"],
  ])("%s", async (_, status, body, word) => {
    sandbox.failNext({ status, body });
    await expect(proxied().create(sandbox.roomId)).rejects.toMatchObject({ status });
    expect(violations[0]?.location[0]).toBe("response");
    expect(violations[0]?.message).toContain(word);
  });
});

function headers(isAuthorized: boolean): Record<string, string> {
  return {
    "content-type": "application/json",
    ...(isAuthorized && { authorization: `Bearer ${sandbox.apiKey}` }),
  };
}
