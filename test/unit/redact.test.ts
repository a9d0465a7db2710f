import { expect, test } from "vitest";
import { hideValues, redactor } from "../../src/errors/redact.ts";
import { sanitizeError } from "../../src/errors/thrown-error.ts";

const SECRET = "CANARY/a+b=c é😀";

test.each([
  ["as it is", (text: string) => text],
  ["URL-encoded", encodeURIComponent],
  [
    "URL-encoded in lower case",
    (text: string) => encodeURIComponent(text).replace(/%../g, (octet) => octet.toLowerCase()),
  ],
  ["JSON-escaped", (text: string) => JSON.stringify(text)],
  ["JSON-escaped as PHP does it", (text: string) => JSON.stringify(text).replaceAll("/", "\\/")],
])("a secret that comes back %s is replaced, and the words around it stay", (_, write) => {
  const redact = redactor(["OTHER-secret", SECRET]);
  const quoted = write(SECRET).startsWith('"') ? '"[redacted]"' : "[redacted]";
  expect(redact(`before ${write(SECRET)} after`)).toBe(`before ${quoted} after`);
});

test("a secret of control characters, quotes and lone surrogates is replaced in JSON and in URLs", () => {
  const secret = 'CANARY"\\\n\t\ud800end-of-it';
  const clean = redactor([secret]);
  for (const text of [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret.replace("\ud800", "\ufffd")),
  ]) {
    expect(clean(`<${text}>`)).not.toContain("CANARY");
  }
});

test("a text without the secret stays as it is, also for a short or an odd secret", () => {
  const text = "Room not found: a%2Fb \\u00e9 &amp; 100 %";
  for (const secret of [SECRET, "x", "+/=", "ab-cd", "😀"]) expect(redactor([secret])(text)).toBe(text);
});

test("a secret within another is replaced, whichever comes first", () => {
  for (const secrets of [
    ["CANARY-a", "CANARY-a-CANARY-b"],
    ["CANARY-a-CANARY-b", "CANARY-a"],
  ]) {
    expect(redactor(secrets)("x CANARY-a-CANARY-b y CANARY-a z")).not.toContain("CANARY");
  }
});

const JWT = "eyJhbGciOiJub25lIn0.eyJjIjoiQ0FOQVJZIn0.CANARYsig-nature_";

test.each([
  [`got ${JWT}!`, "got [redacted]!"],
  [`cut ${JWT.slice(0, 30)}`, "cut [redacted]"],
  ["the key KEY0123456789ABCDEF0123456789ABCDEF_CANARYabc.", "the key [redacted]."],
  ["Authorization: Bearer CANARY/opaque+token==, x", "Authorization: Bearer [redacted], x"],
  ["an older key KEY0123456789ABCDEF0123456789ABCDEF.", "an older key [redacted]."],
  ["Authorization: Bearer abc1 x", "Authorization: Bearer [redacted] x"],
  ...["\\n", "\\t", "\\u0022", "\\u000A", "%22", "%0a", "_"].flatMap((before) => [
    [`detail: ${before}KEY0123456789ABCDEF0123_CANARY`, `detail: ${before}[redacted]`],
    [`detail: ${before}${JWT}`, `detail: ${before}[redacted]`],
  ]),
  ["KEY is missing, eyJ is short, bearer", "KEY is missing, eyJ is short, bearer"],
  ["the bearer token is missing at Eyjafjallajokull", "the bearer token is missing at Eyjafjallajokull"],
])("what is a secret by its looks is replaced unseen: %s", (text = "", expected) => {
  expect(redactor([])(text)).toBe(expected);
});

test("a text is shortened after it was cleaned, so that no half of a secret stays", () => {
  expect(redactor([SECRET])(`${"x".repeat(995)}${SECRET}`)).toBe(`${"x".repeat(995)}[reda`);
});

test("of a text of a megabyte full of secrets none stays, wherever they begin", () => {
  const secret = `CANARY-${"x".repeat(500)}`;
  const clean = redactor([secret]);
  for (let start = 0; start < secret.length; start += 7) {
    expect(clean(secret.slice(start).padStart(secret.length) + secret.repeat(2000))).not.toMatch(/CANARY/);
  }
});

test("of a long text 1,000 characters are shown", () => {
  expect(redactor([SECRET])("word ".repeat(10_000))).toBe("word ".repeat(200));
});

test("secrets that follow one another are replaced one by one", () => {
  const secret = "CANARY-".padEnd(1024, "x");
  expect(redactor([secret])(secret.repeat(16))).toBe("[redacted]".repeat(16));
});

test.each([
  ['{"data":{"token":"CANARY","n":5}}', '{"data":{"token":"[redacted]","n":5}}'],
  ['{"a" : "CANARY\\"CANARY", "b":["CANARY"]}', '{"a" : "[redacted]", "b":["[redacted]"]}'],
  ['{"token":"CANARY-cut', '{"token":"[redacted]"'],
  ['{"token":"CANARY\\', '{"token":"[redacted]"'],
  ['"CANARY"', '"[redacted]"'],
  ['"a\\\nCANARY"', '"[redacted]"'],
  ["token=CANARY-0123456789-0123456789&x=1", '"[redacted]"&x=1'],
  ['it\'s 5" {"refresh_token_expires_at":"CANARY-0123456789-0123456789"}', /^(?!.*CANARY).*expires_at/],
  ["<html>Log in, please</html>", "<html>Log in, please</html>"],
])("of the success body %s no value stays", (body, expected) => {
  const shown = hideValues(body);
  if (typeof expected === "string") expect(shown).toBe(expected);
  else expect(shown).toMatch(expected);
});

// A pattern whose time grows with the square of the length would take hours.
test("no text of a megabyte takes long or breaks the cleaning", () => {
  const size = 2 ** 20;
  const bits = [
    "a",
    "\\",
    '"',
    '\\"',
    '" ',
    "eyJ",
    "-eyJ",
    "eyJaaaaaa.",
    "bearer ",
    "%25",
    "&amp",
    "\\u00",
    "KEY0",
  ];
  for (const bit of bits) {
    const text = bit.repeat(size / bit.length);
    for (const body of [text, `"${text}`]) expect(redactor([SECRET])(hideValues(body))).toBeTypeOf("string");
  }
});

const same = (text: string) => text;

test("a foreign error is copied by name, message and string code, five causes deep, and without the rest", () => {
  let error: Error = Object.assign(new Error("at the bottom"), { code: "EDEEP", headers: "CANARY" });
  for (let depth = 6; depth > 0; depth--) {
    error = Object.assign(new TypeError(`depth ${depth}`, { cause: error }), {
      code: depth,
      request: "CANARY",
    });
  }
  let copy: unknown = sanitizeError(error, same);
  for (let depth = 1; depth <= 5; depth++) {
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: "TypeError", message: `depth ${depth}` });
    expect(Object.keys(copy as Error)).toEqual([]);
    copy = (copy as Error).cause;
  }
  expect(copy).toBeUndefined();
});

test.each([
  ["text", "text"],
  [undefined, "undefined, not an error"],
  [null, "null, not an error"],
  [5, "number, not an error"],
  [Symbol("s"), "symbol, not an error"],
  [() => {}, "function, not an error"],
  [{}, ""],
  [{ message: 5, name: 5, code: 5 }, ""],
])("whatever is thrown becomes an error: %s", (thrown, message) => {
  expect(sanitizeError(thrown, same)).toMatchObject({ name: "Error", message });
});

test("an object whose getters throw becomes an error, too", () => {
  const hostile = Object.defineProperty({}, "message", {
    get() {
      throw new Error("CANARY");
    },
  });
  expect(sanitizeError(hostile, same).message).toBe("an unreadable object");
});

test("a cause that is its own cause ends", () => {
  const error = new Error("round");
  error.cause = error;
  let depth = 0;
  for (let copy: unknown = sanitizeError(error, same); copy instanceof Error; copy = copy.cause) depth++;
  expect(depth).toBe(5);
});

test("a secret of fewer than 8 characters is not searched for, one of 8 is", () => {
  expect(redactor(["0", "req", "1234567"])("request id req-1234567-0")).toBe("request id req-1234567-0");
  expect(redactor(["12345678"])("request id req-12345678-0")).toBe("request id req-[redacted]-0");
});

test("the quotes and the words around a secret stay, also of one that JSON escapes or that has a lone surrogate", () => {
  const secret = 'CANARY"\ud800';
  expect(redactor([secret])(`a ${JSON.stringify(secret)} b`)).toBe('a "[redacted]" b');
  expect(redactor([secret])("a CANARY%22%EF%BF%BD b")).toBe("a [redacted] b");
});

test("a copy of an error without a cause has none, not even an undefined one", () => {
  expect("cause" in sanitizeError(new Error("x"), same)).toBe(false);
});

test("an aggregate of itself, as deep as one likes, is copied at once", () => {
  const around = new AggregateError([], "around");
  around.errors = [around, around, { errors: [around], message: "part", code: "EPART" }];
  expect(sanitizeError(around, same)).toMatchObject({
    message: "around; around; around; part",
    code: "EPART",
  });
});

test("of an aggregate every part is quoted", () => {
  const parts = ["a", "b", "c", "d", "e"].map((text) => new Error(text));
  expect(sanitizeError(new AggregateError(parts), same).message).toBe("a; b; c; d; e");
});

test("a part of an aggregate that is no error is left out, as Promise.any has it of a rejection without a reason", () => {
  const parts = [undefined, "text", null, new Error("down")];
  expect(sanitizeError(new AggregateError(parts, "all failed"), same).message).toBe("all failed; down");
});

test("the text around a secret of thousands of characters is still shown", () => {
  const secret = "CANARY-".padEnd(4000, "x");
  expect(redactor([secret])("hello ".repeat(5000))).toBe("hello ".repeat(5000).slice(0, 1000));
  expect(redactor([secret])(secret.repeat(20))).not.toContain("CANARY");
});
