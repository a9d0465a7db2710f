const REDACTED = "[redacted]";
/** What is a secret by its looks: a JWT, whole or cut, a Telnyx API key, whatever follows "Bearer". */
const SECRET_SHAPES =
  /\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}|\bKEY[0-9A-Za-z]{16,}(?:_\w+)?|(?<=\bbearer )[^\s"',;<>]+/gi;
/** A JSON string literal, whole or cut, and the colon that makes a name of it. */
const STRING_LITERAL = /"(?:[^"\\]|\\[\s\S])*(?:"(\s*:)?|\\?$)/g;

/** Makes the function that replaces the given secrets, in every spelling, in a text that goes outside. */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length);
  return (text) =>
    known
      .reduce((scrubbed, secret) => scrubbed.replaceAll(secret, REDACTED), text)
      .replace(SECRET_SHAPES, REDACTED);
}

/** Hides every string value of a success body: it may hold tokens that nobody has seen yet. */
export function scrubSuccessBody(text: string): string {
  return text.replace(STRING_LITERAL, (literal, colon) => (colon === undefined ? `"${REDACTED}"` : literal));
}

/** How a secret may come back in an answer: plain, URL-encoded, JSON-escaped. */
function spellings(secret: string): string[] {
  const url = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "\ufffd"));
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [
    secret,
    url,
    url.replace(/%../g, (octet) => octet.toLowerCase()),
    url.replaceAll("%20", "+"),
    json,
    json.replaceAll("/", "\\/"),
    ascii,
  ];
}
