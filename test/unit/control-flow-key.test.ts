import { expect, test, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { granted, ROOM_ID, rejection } from "./support.ts";

/** What a key function may throw that reads a vault by the fetch that Next.js has patched. */
const CONTROL_FLOW = Object.assign(new Error("x"), { digest: "DYNAMIC_SERVER_USAGE" });

test.each([
  ["rejects", () => Promise.reject(CONTROL_FLOW)],
  [
    "throws",
    () => {
      throw CONTROL_FLOW;
    },
  ],
])("a key function that %s with a digest gives the same object, and nothing is sent", async (_, apiKey) => {
  const fetch = vi.fn(granted);
  const client = new RoomTokenClient({ apiKey, fetch });
  expect(await rejection(client.create(ROOM_ID))).toBe(CONTROL_FLOW);
  expect(fetch).not.toHaveBeenCalled();
});

test.each([5, undefined, null, {}])("a digest of %j is none: the key is missing", async (digest) => {
  const apiKey = () => Promise.reject(Object.assign(new Error("x"), { digest }));
  const client = new RoomTokenClient({ apiKey, fetch: granted });
  expect(await rejection(client.create(ROOM_ID))).toMatchObject({ code: "missing_api_key" });
});
