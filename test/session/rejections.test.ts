import { describe, expect, it } from "vitest";
import type { RoomTokenError } from "../../src/errors/room-token-error.ts";

import { open, rejection, Server, useFakeTime } from "./support.ts";

useFakeTime();

/** The error of a session whose `create` ends like this. */
async function errorOf(create: () => unknown): Promise<RoomTokenError> {
  const session = open(new Server(), { grant: undefined, create: create as Server["create"] });
  return (await rejection(session.getToken())) as RoomTokenError;
}

const rejecting = (thrown: unknown) => errorOf(() => Promise.reject(thrown));

describe("a rejection's status", () => {
  it.each([
    [300, "redirect_refused", false],
    [302, "redirect_refused", false],
    [399, "redirect_refused", false],
    [404, "not_found", false],
    [408, "unexpected_status", true],
    [499, "unexpected_status", false],
    [500, "server_error", true],
    [501, "server_error", true],
  ])("of %i is %s", async (status, code, retryable) => {
    expect(await rejecting({ status })).toMatchObject({ code, status, retryable });
  });

  it.each([0, 100, 200, 201, 299])("of %i says nothing about a refusal", async (status) => {
    expect(await rejecting({ status })).toMatchObject({ code: "connection_failed", status, retryable: true });
  });

  it.each([-1, Number.NaN, Infinity, -Infinity, "403", null, {}, [403]])("of %j is none", async (status) => {
    const error = await rejecting({ status, message: "mine" });
    expect(error).toMatchObject({ code: "connection_failed", retryable: true });
    expect(error.message).toBe("The session's create failed: mine");
    expect(error).not.toHaveProperty("status");
  });
});

describe("a rejection's retryAfterMs", () => {
  it.each([0, 1500])("of %i is taken", async (retryAfterMs) => {
    const error = await errorOf(() => Promise.reject({ status: 503, retryAfterMs }));
    expect(error.retryAfterMs).toBe(retryAfterMs);
  });

  it.each([-1, Number.NaN, Infinity, "7", null])("of %j is none", async (retryAfterMs) => {
    expect(await rejecting({ status: 503, retryAfterMs })).not.toHaveProperty("retryAfterMs");
  });
});

it("a foreign error's own code stands in the message, and not in code", async () => {
  const foreign = Object.assign(new Error("reset by peer"), { code: "ECONNRESET" });
  expect(await rejecting(foreign)).toMatchObject({
    code: "connection_failed",
    message: "The session's create failed: ECONNRESET: reset by peer",
  });
});
