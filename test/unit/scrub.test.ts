import { expect, test } from "vitest";
import { copyOf } from "../../src/failures.ts";
import { scrubber, scrubSuccessBody } from "../../src/scrub.ts";

const SECRET = "CANARY/a+b=c é😀";
const utf8 = (text: string) => [...new TextEncoder().encode(text)];
const hex = (value: number, width: number) => value.toString(16).padStart(width, "0");
const percentAll = (text: string) =>
  utf8(text)
    .map((octet) => `%${hex(octet, 2)}`)
    .join("");
const nonWord = (write: (unit: string) => string) => (text: string) => text.replace(/\W/g, write);

const ESCAPES: [name: string, write: (text: string) => string][] = [
  ["nothing", (text) => text],
  ["encodeURIComponent", encodeURIComponent],
  [
    "encodeURIComponent in lower case",
    (text) => encodeURIComponent(text).toLowerCase().replace("canary", "CANARY"),
  ],
  ["a form", (text) => new URLSearchParams({ a: text }).toString()],
  ["a double URL encoding", (text) => encodeURIComponent(encodeURIComponent(text))],
  ["every special octet in per cent", (text) => text.replace(/[^\w]+/g, percentAll)],
  ["JSON", (text) => JSON.stringify(text)],
  ["JSON with escaped slashes", (text) => JSON.stringify(text).replaceAll("/", "\\/")],
  ["JSON in JSON", (text) => JSON.stringify(JSON.stringify(text).replaceAll("/", "\\/"))],
  ["JSON in ASCII", nonWord((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)],
  ["JSON in ASCII, upper case", nonWord((unit) => `\\u${hex(unit.charCodeAt(0), 4).toUpperCase()}`)],
  [
    "JSON in ASCII in JSON",
    (text) => JSON.stringify(nonWord((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)(text)),
  ],
  ["HTML in hexadecimal", nonWord((unit) => `&#x${hex(unit.charCodeAt(0), 2)};`)],
  ["HTML in decimal", nonWord((unit) => `&#${unit.charCodeAt(0)};`)],
  ["every letter in per cent", percentAll],
  ["what no escape begins, twice in URLs", (text) => `\\u${encodeURIComponent(encodeURIComponent(text))}`],
  ["one letter in JSON", (text) => text.replace("N", "\\u004e")],
  ["one letter in HTML", (text) => text.replace("N", "&#x4e;").replace("Y", "&#x0059;")],
];

test.each(ESCAPES)("a secret escaped as %s is replaced", (_, write) => {
  const clean = scrubber(["OTHER-secret", SECRET]);
  const cleaned = clean(`before ${write(SECRET)} after`);
  expect(cleaned).toContain("[redacted]");
  expect(cleaned).not.toContain(write(SECRET));
});

test("a secret of control characters, quotes and lone surrogates is replaced in JSON and in URLs", () => {
  const secret = 'CANARY"\\\n\t\ud800end-of-it';
  const clean = scrubber([secret]);
  for (const text of [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret.replace("\ud800", "\ufffd")),
  ]) {
    expect(clean(`<${text}>`)).not.toContain("CANARY");
  }
});

test("the usual spellings leave the words around them, the others take the whole text along", () => {
  const clean = scrubber([SECRET]);
  expect(clean(`a ${SECRET} b ${encodeURIComponent(SECRET)} c ${JSON.stringify(SECRET)}`)).toBe(
    'a [redacted] b [redacted] c "[redacted]"',
  );
  expect(clean(`a ${encodeURIComponent(encodeURIComponent(SECRET))} b`)).toBe("[redacted]");
});

test("a text without the secret stays as it is, also for a short or an odd secret", () => {
  const text = "Room not found: a%2Fb \\u00e9 &amp; 100 %";
  for (const secret of [SECRET, "x", "+/=", "ab-cd", "😀"]) expect(scrubber([secret])(text)).toBe(text);
});

test("a secret within another is replaced, whichever comes first", () => {
  for (const secrets of [
    ["CANARY", "CANARY-long-CANARY"],
    ["CANARY-long-CANARY", "CANARY"],
  ]) {
    expect(scrubber(secrets)("x CANARY-long-CANARY y CANARY z")).not.toContain("CANARY");
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
  ["KEY is missing, eyJ is short, bearer", "KEY is missing, eyJ is short, bearer"],
  ["the bearer token is missing at Eyjafjallajokull", "the bearer token is missing at Eyjafjallajokull"],
])("what is a secret by its looks is replaced unseen: %s", (text, expected) => {
  expect(scrubber([])(text)).toBe(expected);
});

test("a text is shortened after it was cleaned, so that no half of a secret stays", () => {
  expect(scrubber([SECRET])(`${"x".repeat(995)}${SECRET}`)).toBe(`${"x".repeat(995)}[reda`);
});

test("of a text that is too long to look at, no half of a secret stays where the looking ended", () => {
  const secret = `CANARY-${"x".repeat(500)}`;
  const clean = scrubber([secret]);
  for (let start = 0; start < secret.length; start += 7) {
    expect(clean(secret.slice(start).padStart(secret.length) + secret.repeat(2000))).not.toMatch(/CANARY/);
  }
  expect(clean(`${"word ".repeat(10_000)}`)).toHaveLength(1000);
});

test("a text just as long as what is looked at is shown to its end", () => {
  const secret = "CANARY-".padEnd(1024, "x");
  expect(scrubber([secret])(secret.repeat(16))).toBe("[redacted]".repeat(16));
});

test("a secret is found under HTML's named escapes, and where its line break is escaped twice", () => {
  expect(scrubber(["CANARY&<abcdef>"])("a CANARY&amp;&lt;abcdef&gt;")).toBe("[redacted]");
  const secret = "CANARY\nabcdef";
  expect(scrubber([secret])(JSON.stringify(JSON.stringify(secret)))).toBe("[redacted]");
});

test("a short secret is replaced once, not within its own replacement", () => {
  expect(scrubber(["e"])("see me")).toBe("s[redacted][redacted] m[redacted]");
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
  const shown = scrubSuccessBody(body);
  if (typeof expected === "string") expect(shown).toBe(expected);
  else expect(shown).toMatch(expected);
});

test("no text of a megabyte takes long or breaks the cleaning", { timeout: 10_000 }, () => {
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
    for (const body of [text, `"${text}`])
      expect(scrubber([SECRET])(scrubSuccessBody(body))).toBeTypeOf("string");
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
  let copy: unknown = copyOf(error, same);
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
  [undefined, "a undefined"],
  [null, "a object"],
  [5, "a number"],
  [Symbol("s"), "a symbol"],
  [() => {}, "a function"],
  [{}, ""],
  [{ message: 5, name: 5, code: 5 }, ""],
])("whatever is thrown becomes an error: %s", (thrown, message) => {
  expect(copyOf(thrown, same)).toMatchObject({ name: "Error", message });
});

test("an object whose getters throw becomes an error, too", () => {
  const hostile = Object.defineProperty({}, "message", {
    get() {
      throw new Error("CANARY");
    },
  });
  expect(copyOf(hostile, same).message).toBe("an unreadable object");
});

test("a cause that is its own cause ends", () => {
  const error = new Error("round");
  error.cause = error;
  let depth = 0;
  for (let copy: unknown = copyOf(error, same); copy instanceof Error; copy = copy.cause) depth++;
  expect(depth).toBe(5);
});

test("an escaped secret of fewer than 8 letters and digits is not looked for, one of 8 is", () => {
  expect(scrubber(["abc-defg"])("a=abc%2ddefg")).toBe("a=abc%2ddefg");
  expect(scrubber(["abc-defgh"])("a=abc%2ddefgh")).toBe("[redacted]");
});

test("quotes stay around a secret that JSON escapes, and so do the words around one of lone surrogates", () => {
  const secret = 'CANARY"\ud800';
  expect(scrubber([secret])(`a ${JSON.stringify(secret)} b`)).toBe('a "[redacted]" b');
  expect(scrubber([secret])("a CANARY%22%EF%BF%BD b")).toBe("a [redacted] b");
});

test("a copy of an error without a cause has none, not even an undefined one", () => {
  expect("cause" in copyOf(new Error("x"), same)).toBe(false);
});
