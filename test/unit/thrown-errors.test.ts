import { expect, test } from "vitest";
import { sanitizeError } from "../../src/errors/thrown-error.ts";

const same = (text: string) => text;

test("a foreign error is copied by name, message and string code, five causes deep, and without the rest", () => {
  let error: Error = new Error("at the bottom");
  for (let depth = 6; depth > 0; depth--) {
    const members = { code: depth % 2 ? `E${depth}` : depth, request: "CANARY" };
    error = Object.assign(new TypeError(`depth ${depth}`, { cause: error }), members);
  }
  let copy: unknown = sanitizeError(error, same);
  for (let depth = 1; depth <= 5; depth++) {
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: "TypeError", message: `depth ${depth}` });
    expect({ ...(copy as Error) }).toEqual(depth % 2 ? { code: `E${depth}` } : {});
    expect("cause" in (copy as Error)).toBe(depth < 5);
    copy = (copy as Error).cause;
  }
});

const hostile = Object.defineProperty({}, "message", {
  get() {
    throw new Error("CANARY");
  },
});

test.each<[message: string, thrown: unknown]>([
  ["text", "text"],
  ["self-signed certificate", new Error("self-signed certificate\n")],
  ["undefined, not an error", undefined],
  ["null, not an error", null],
  ["number, not an error", 5],
  ["symbol, not an error", Symbol("s")],
  ["function, not an error", () => {}],
  ["", {}],
  ["", { message: 5, name: 5, code: 5 }],
  ["an unreadable object", hostile],
])("whatever is thrown becomes an error, here with the message %j", (message, thrown) => {
  const copy = sanitizeError(thrown, same);
  expect(copy).toBeInstanceOf(Error);
  expect(copy).toMatchObject({ name: "Error", message });
});

test("a cause that is its own cause ends", () => {
  const error = new Error("round");
  error.cause = error;
  let depth = 0;
  for (let copy: unknown = sanitizeError(error, same); copy instanceof Error; copy = copy.cause) depth++;
  expect(depth).toBe(5);
});

const around = new AggregateError([], "around");
around.errors = [around, around, { errors: [around], message: "part", code: "EPART" }];

test.each<[what: string, error: Error, copy: object]>([
  ["every part", new AggregateError(["a", "b", "c"].map(Error)), { message: "a; b; c" }],
  // As Promise.any has it of a rejection without a reason.
  [
    "no part that is no error",
    new AggregateError([undefined, "text", new Error("x")], "all"),
    { message: "all; x" },
  ],
  ["no part of its parts", around, { message: "around; around; around; part", code: "EPART" }],
])("of an aggregate %s is quoted", (_, error, copy) => {
  expect(sanitizeError(error, same)).toMatchObject(copy);
});

test("a cause of null is none", () => {
  expect(sanitizeError({ message: "m", cause: null }, same)).not.toHaveProperty("cause");
});
