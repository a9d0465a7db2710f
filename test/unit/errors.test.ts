import { expect, test } from "vitest";
import { isRoomTokenError, RoomTokenError } from "../../src/errors/room-token-error.ts";

test("an error of another installed copy of the package is recognised", async () => {
  const copyUrl = new URL("../../src/errors/room-token-error.ts?copy", import.meta.url).href;
  const copy = (await import(copyUrl)) as typeof import("../../src/errors/room-token-error.ts");
  expect(copy.RoomTokenError).not.toBe(RoomTokenError);
  expect(isRoomTokenError(new copy.RoomTokenError("timeout", "late"))).toBe(true);
});

test("an error of this package is recognised by a symbol that every copy has, whatever its version", () => {
  const brand = Symbol.for("telnyx-room-tokens.RoomTokenError");
  expect(isRoomTokenError({ [brand]: true })).toBe(true);
  expect(Reflect.get(new RoomTokenError("timeout", "late"), brand)).toBe(true);
});

test("nothing else passes for an error of this package", () => {
  const lookalike = Object.assign(new Error("x"), { name: "RoomTokenError", code: "timeout" });
  for (const value of [undefined, null, 5, "RoomTokenError", {}, new Error("x"), lookalike]) {
    expect(isRoomTokenError(value)).toBe(false);
  }
});

const throws = () => {
  throw new Error("hostile");
};

test.each([
  ["whose traps throw", new Proxy({}, { has: throws, get: throws, getPrototypeOf: throws })],
  ["that is revoked", revoked()],
])("a proxy %s is no error of this package", (_, proxy) => {
  expect(isRoomTokenError(proxy)).toBe(false);
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test("a message is one line, whatever words of others are in it", () => {
  const error = new RoomTokenError("forbidden", "a\nb\r\x1b[2Kc\x7f\u0085d\u2028e\u2029f\0");
  expect(error.message).toBe("a b  [2Kc  d e f ");
});

test("an error has its literal name, only the fields that it was given, and a body text that is not listed", () => {
  const error = new RoomTokenError("forbidden", "no", { status: 403, bodyText: "said no" });
  expect(String(error)).toBe("RoomTokenError: no");
  expect(error.stack).toContain("RoomTokenError: no");
  expect(Object.keys(error).sort()).toEqual(["attempts", "code", "errors", "retryable", "status"]);
  expect(error.bodyText).toBe("said no");
  expect("cause" in error).toBe(false);
  expect("requestId" in error).toBe(false);
});

test("an error that was given nothing has no optional member, not even an undefined one", () => {
  const error = new RoomTokenError("timeout", "late");
  expect(Reflect.ownKeys(error).sort()).toEqual([
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
