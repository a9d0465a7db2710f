import { expect, test } from "vitest";
import { isRoomTokenError, RoomTokenError } from "../../src/errors/room-token-error.ts";

test("an error of another installed copy of the package is recognised, whatever its version", async () => {
  const copyUrl = new URL("../../src/errors/room-token-error.ts?copy", import.meta.url).href;
  const copy = (await import(copyUrl)) as typeof import("../../src/errors/room-token-error.ts");
  expect(copy.RoomTokenError).not.toBe(RoomTokenError);
  expect(isRoomTokenError(new copy.RoomTokenError("timeout", "late"))).toBe(true);
  expect(isRoomTokenError({ [Symbol.for("telnyx-room-tokens.RoomTokenError")]: true })).toBe(true);
});

const throws = () => {
  throw new Error("hostile");
};
const trap = new Proxy({}, { has: throws, get: throws, getPrototypeOf: throws });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const lookalike = Object.assign(new Error("x"), { name: "RoomTokenError", code: "timeout" });

test("nothing else passes for an error of this package, and nothing makes the question throw", () => {
  const others = [undefined, null, 5, "RoomTokenError", {}, new Error("x"), lookalike, trap, revoked];
  for (const value of others) expect(isRoomTokenError(value)).toBe(false);
});

test("a message is one line, whatever words of others are in it", () => {
  const error = new RoomTokenError("forbidden", "a\nb\r\x1b[2Kc\x7f\u0085d\u2028e\u2029f\0");
  expect(error.message).toBe("a b  [2Kc  d e f ");
});

test("an error has its literal name, only the members that it was given, and a body text that is not listed", () => {
  const error = new RoomTokenError("forbidden", "no", {
    status: 403,
    requestId: undefined,
    bodyText: "said no",
  });
  expect(String(error)).toBe("RoomTokenError: no");
  expect(error.stack).toContain("RoomTokenError: no");
  expect(Object.keys(error).sort()).toEqual(["attempts", "code", "errors", "retryable", "status"]);
  expect(error.bodyText).toBe("said no");
  const bare = new RoomTokenError("timeout", "late");
  expect(Reflect.ownKeys(bare).sort()).toEqual([
    ...["attempts", "code", "errors", "message", "retryable", "stack"],
  ]);
});

test("a class that extends it, or a tracer, may set the name, as with the built-in errors", () => {
  class Mine extends RoomTokenError {
    constructor() {
      super("timeout", "late");
      this.name = "Mine";
    }
  }
  expect(String(new Mine())).toBe("Mine: late");
  expect(String(new RoomTokenError("timeout", "late"))).toBe("RoomTokenError: late");
});
