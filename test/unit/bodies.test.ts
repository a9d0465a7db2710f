import { expect, test, vi } from "vitest";
import type { AttemptEvent, ClientOptions } from "../../src/index.ts";
import { RoomTokenClient } from "../../src/index.ts";
import { API_KEY, clientOn, GRANT_DATA, ROOM_ID, rejection } from "./support.ts";

const MIB = 2 ** 20;
const GRANT = JSON.stringify({ data: GRANT_DATA });

/** A response whose body gives a chunk of this size over and over; `taken` counts the bytes asked for. */
function endless(status: number, chunkBytes: number) {
  const chunk = new Uint8Array(chunkBytes).fill(0x20);
  const state = { taken: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        state.taken += chunkBytes;
        controller.enqueue(chunk);
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body, { status }), state };
}

test.each([201, 403, 503])(
  "of an endless body with status %i 1 MiB is read, the rest dropped",
  async (status) => {
    const { response, state } = endless(status, 1000);
    const error = await rejection(clientOn(() => response).client.create(ROOM_ID));
    expect(error).toMatchObject({ status, bodyText: " ".repeat(1000) });
    expect(state.taken).toBeGreaterThan(MIB);
    expect(state.taken).toBeLessThanOrEqual(MIB + 1000);
    expect(state.cancelled).toBe(true);
  },
);

test("a 2xx of 1 MiB is read, one byte more is an invalid_response even if the grant came first", async () => {
  const fits = GRANT.padEnd(MIB);
  expect((await clientOn(() => new Response(fits)).client.create(ROOM_ID)).token).toBe(GRANT_DATA.token);
  const error = await rejection(clientOn(() => new Response(`${fits} `)).client.create(ROOM_ID));
  expect(error).toMatchObject({ code: "invalid_response" });
  expect((error as Error).message).toMatch(/no JSON object with data within 1 MiB$/);
});

test("the bound counts bytes, not characters", async () => {
  const body = `${GRANT}${"\u00a0".repeat(MIB / 2)}`;
  const error = await rejection(clientOn(() => new Response(body)).client.create(ROOM_ID));
  expect((error as Error).message).toMatch(/within 1 MiB$/);
});

test("a byte order mark, and characters split between chunks, do no harm", async () => {
  const bytes = new TextEncoder().encode(
    `\ufeff${JSON.stringify({ data: { ...GRANT_DATA, token: "tökén😀" } })}`,
  );
  const body = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect((await clientOn(() => new Response(body)).client.create(ROOM_ID)).token).toBe("tökén😀");
});

/** A client on a fetch whose responses have no web stream, as node-fetch and most stubs. */
function streamless(status: number, text: string | (() => Promise<string>)) {
  const response = {
    status,
    headers: new Headers(),
    text: typeof text === "string" ? () => Promise.resolve(text) : text,
  };
  const fetch: NonNullable<ClientOptions["fetch"]> = async () => response;
  return new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 0 });
}

test("a response without a stream is read by its text(), up to 1 MiB too", async () => {
  for (const text of [GRANT, GRANT.padEnd(MIB)])
    expect((await streamless(201, text).create(ROOM_ID)).token).toBe(GRANT_DATA.token);
  expect(await rejection(streamless(403, '{"title":"No"}').create(ROOM_ID))).toMatchObject({
    code: "forbidden",
    errors: [{ title: "No" }],
  });
  const over = await rejection(streamless(201, `${GRANT}${" ".repeat(MIB)}`).create(ROOM_ID));
  expect((over as Error).message).toMatch(/within 1 MiB$/);
});

test("a body that breaks is connection_failed on a 2xx; a refusal stands without its text", async () => {
  const broken = () => Promise.reject(Object.assign(new Error("cut"), { code: "ECONNRESET" }));
  const error = await rejection(streamless(201, broken).create(ROOM_ID));
  expect(error).toMatchObject({ code: "connection_failed", retryable: true });
  expect((error as Error).message).toMatch(/failed: the connection failed \(ECONNRESET: cut\)$/);
  for (const [status, code] of [
    [302, "redirect_refused"],
    [403, "forbidden"],
    [500, "server_error"],
  ] as const) {
    const refused = await rejection(streamless(status, broken).create(ROOM_ID));
    expect(refused).toMatchObject({ status, code, errors: [], bodyText: "" });
  }
});

test("after the deadline an endless body is cancelled, even if the fetch ignores its signal", async () => {
  const cancel = vi.fn();
  const pull = async (controller: ReadableStreamDefaultController) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.enqueue(new Uint8Array(1));
  };
  const { client } = clientOn(() => new Response(new ReadableStream({ pull, cancel })), { timeoutMs: 50 });
  expect(await rejection(client.create(ROOM_ID))).toMatchObject({ code: "timeout" });
  await vi.waitFor(() => expect(cancel).toHaveBeenCalled(), { timeout: 30_000 });
});

test("after the deadline a body that stalls is cancelled as well", async () => {
  const cancel = vi.fn();
  const stalled = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}), cancel }));
  const { client } = clientOn(stalled, { timeoutMs: 20 });
  expect(await rejection(client.create(ROOM_ID))).toMatchObject({ code: "timeout" });
  await vi.waitFor(() => expect(cancel).toHaveBeenCalled());
});

const unreadable = () => {
  throw new Error(`secret ${API_KEY}`);
};
test.each([undefined, {}, { get: unreadable }])(
  "headers that cannot be read (%#) cost neither a grant nor the code of a refusal, and leak nothing",
  async (headers) => {
    const events: AttemptEvent[] = [];
    const answer = (status: number, body: unknown) =>
      ({ status, headers, text: async () => JSON.stringify(body) }) as unknown as Response;
    const options = { onAttempt: (event: AttemptEvent) => events.push(event) };
    const { client } = clientOn(() => answer(201, { data: GRANT_DATA }), options);
    expect((await client.create(ROOM_ID)).token).toBe("CANARY-token");
    const refused = clientOn(() => answer(429, { title: `no ${API_KEY}` }), options);
    expect(await rejection(refused.client.create(ROOM_ID))).toMatchObject({
      code: "rate_limited",
      message: "Creating a room client token failed: 429 no [redacted]",
    });
    expect(events).toMatchObject([{ status: 201 }, { status: 429, code: "rate_limited" }]);
  },
);
