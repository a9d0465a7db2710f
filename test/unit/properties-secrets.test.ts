import fc from "fast-check";
import { expect, test } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { findCanaries } from "../faults/canaries.ts";
import { holds, TIMEOUT_MS } from "./properties.ts";
import { API_KEY, clientOn, ROOM_ID, rejection } from "./support.ts";

test("whatever a fetch throws is connection_failed, and shows no secret", {
  timeout: TIMEOUT_MS,
}, async () => {
  const echo = fc.constantFrom(
    API_KEY,
    `Bearer ${API_KEY}`,
    encodeURIComponent(API_KEY),
    JSON.stringify({ API_KEY }),
  );
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
  await holds(
    fc.asyncProperty(thrown, async (what) => {
      const fetch = () => Promise.reject(what);
      const client = new RoomTokenClient({ apiKey: API_KEY, fetch, maxRetries: 0 });
      const error = await rejection(client.create(ROOM_ID));
      expect(error).toMatchObject({ code: "connection_failed", retryable: true });
      expect(findCanaries(error)).toEqual([]);
    }),
  );
});

const secret = fc
  .string({ minLength: 8, maxLength: 40, unit: "binary" })
  .map((text) => `CANARY${text}0123456789`);
const around = fc.string({ maxLength: 20 });

test("a refresh token is replaced in an echo, however odd it is", { timeout: TIMEOUT_MS }, async () => {
  await holds(
    fc.asyncProperty(secret, around, fc.boolean(), async (refreshToken, text, inUrl) => {
      const echoed = inUrl
        ? encodeURIComponent(refreshToken.replace(/\p{Surrogate}/gu, "\ufffd"))
        : refreshToken;
      const title = `${text}${echoed}${text}`;
      const { client } = clientOn(() => new Response(JSON.stringify({ title }), { status: 403 }));
      const error = await rejection(client.refresh(ROOM_ID, { refreshToken }));
      expect(error).toMatchObject({ code: "forbidden" });
      expect(findCanaries(error)).toEqual([]);
    }),
  );
});
