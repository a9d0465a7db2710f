import { expect, test } from "vitest";
import { hideValues, redactor } from "../../src/errors/redact.ts";

const SECRET = "CANARY/a+b=c é😀";
/** JSON escapes half of it, and it ends in half a character. */
const ESCAPED = 'CANARY"/\\\n\t\ud800';

test.each([
  ["as it is", SECRET, SECRET],
  ["URL-encoded", SECRET, encodeURIComponent(SECRET)],
  ["URL-encoded in lower case", SECRET, "CANARY%2fa%2bb%3dc%20%c3%a9%f0%9f%98%80"],
  ["JSON-escaped as PHP does it", SECRET, SECRET.replace("/", "\\/")],
  ["as it is, with odd characters", ESCAPED, ESCAPED],
  ["JSON-escaped", ESCAPED, JSON.stringify(ESCAPED).slice(1, -1)],
  ["URL-encoded, with a lone surrogate", ESCAPED, "CANARY%22%2F%5C%0A%09%EF%BF%BD"],
])("a secret that comes back %s is replaced, and what is around it stays", (_, secret, text) => {
  expect(redactor(["OTHER-secret", secret])(`before "${text}" after`)).toBe('before "[redacted]" after');
});

test("a text without the secret stays as it is, also for a short or an odd secret", () => {
  const text = "Room not found: a%2Fb \\u00e9 &amp; 100 %";
  for (const secret of [SECRET, "x", "+/=", "ab-cd", "😀"]) expect(redactor([secret])(text)).toBe(text);
});

test("a secret of fewer than 8 characters is not searched for, one of 8 is", () => {
  expect(redactor(["0", "req", "1234567"])("request id req-1234567-0")).toBe("request id req-1234567-0");
  expect(redactor(["12345678"])("request id req-12345678-0")).toBe("request id req-[redacted]-0");
});

test("a secret within another is replaced, whichever comes first", () => {
  const secrets = ["CANARY-a", "CANARY-a-CANARY-b"];
  for (const known of [secrets, [...secrets].reverse()])
    expect(redactor(known)("x CANARY-a-CANARY-b y CANARY-a z")).toBe("x [redacted] y [redacted] z");
});

const JWT = "eyJhbGciOiJub25lIn0.eyJjIjoiQ0FOQVJZIn0.CANARYsig-nature_";
const KEY = "KEY0123456789ABCDEF0123456789ABCDEF";

test.each([
  [`got ${JWT}!`, "got [redacted]!"],
  [`cut ${JWT.slice(0, 30)}`, "cut [redacted]"],
  [`the key ${KEY}_CANARYabc.`, "the key [redacted]."],
  [`an older key ${KEY}.`, "an older key [redacted]."],
  ["Authorization: Bearer CANARY/opaque+token==, x", "Authorization: Bearer [redacted], x"],
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

test("of a long text 1,000 characters are shown, cut after it was cleaned, so that no half of a secret stays", () => {
  expect(redactor([SECRET])("word ".repeat(10_000))).toBe("word ".repeat(200));
  expect(redactor([SECRET])(`${"x".repeat(995)}${SECRET}`)).toBe(`${"x".repeat(995)}[reda`);
});

test("a secret of thousands of characters is replaced each time, and the text around it stays", () => {
  const secret = "CANARY-".padEnd(4000, "x");
  expect(redactor([secret])(`hello ${secret.repeat(16)} end`)).toBe(`hello ${"[redacted]".repeat(16)} end`);
});

test("of a text of a megabyte full of secrets none stays, wherever they begin", () => {
  const secret = `CANARY-${"x".repeat(500)}`;
  const clean = redactor([secret]);
  for (let start = 0; start < secret.length; start += 7)
    expect(clean(secret.slice(start).padStart(secret.length) + secret.repeat(2000))).not.toMatch(/CANARY/);
});

test.each([
  ['{"data":{"token":"CANARY","n":5}}', '{"data":{"token":"[redacted]","n":5}}'],
  ['{"a" : "CANARY\\"CANARY", "b":["CANARY"]}', '{"a" : "[redacted]", "b":["[redacted]"]}'],
  ['{"token":"CANARY-cut', '{"token":"[redacted]"'],
  ['{"token":"CANARY\\', '{"token":"[redacted]"'],
  ['"CANARY"', '"[redacted]"'],
  ['"a\\\nCANARY"', '"[redacted]"'],
  ["token=CANARY-0123456789-0123456789&x=1", '"[redacted]"&x=1'],
  ["token=CANARY-0123456789%2B0123456789&x=1", '"[redacted]"&x=1'],
  ['it\'s 5" {"refresh_token_expires_at":"CANARY-0123456789-0123456789"}', /^(?!.*CANARY).*expires_at/],
  ["<html>Log in, please</html>", "<html>Log in, please</html>"],
])("of the success body %s no value stays", (body, expected) => {
  const shown = hideValues(body);
  if (typeof expected === "string") expect(shown).toBe(expected);
  else expect(shown).toMatch(expected);
});

const BITS = [
  ...["a", "\\", '"', '\\"', '" ', "eyJ", "-eyJ", "eyJaaaaaa.", "bearer ", "%25", "&amp", "\\u00", "KEY0"],
];

// A pattern whose time grows with the square of the length would take hours.
test("no text of a megabyte takes long or breaks the cleaning", () => {
  for (const bit of BITS) {
    const text = bit.repeat(2 ** 20 / bit.length);
    for (const body of [text, `"${text}`]) expect(redactor([SECRET])(hideValues(body))).toBeTypeOf("string");
  }
});
