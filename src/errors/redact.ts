const REDACTED = "[redacted]";
/**
 * What looks like a secret: a JWT, whole or cut ("eyJhbGciOi….eyJ….sig"), a Telnyx API key ("KEY0123456789ABCDEF_x"),
 * also after an escape, and what follows the word Bearer, unless it is a word itself ("bearer token").
 */
const SECRET_SHAPES =
  /(\\u[\dA-Fa-f]{4}|\\[bfnrt]|%[\dA-Fa-f]{2}|_|\b)(?:eyJ[\w-]{6,}(?:\.[\w-]*){0,2}|KEY[0-9A-Za-z]{16,}(?:_\w+)?)|(\b(?:[Bb]earer|BEARER) )(?=\S{16}|\S*\d)[^\s"',;<>]+/g;
/** A JSON string, whole or cut, with the colon that makes it a name ("token":); or a word long enough for a token. */
const VALUES = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"(\s*:)?|\\?)|[\w.+/=~%-]{25,}/g;
/** A shorter secret would shred the text, and no real one is so short. */
const SHORTEST_SECRET_CHARS = 8;
const SHOWN_CHARS = 1000;

/** Replaces the secrets in a text, and shortens it to 1,000 characters. */
export type Redact = (text: string) => string;

/**
 * Makes the function that replaces the given secrets in a text that leaves the package, and shortens it to 1,000
 * characters. A secret is found as it is, URL-encoded and JSON-escaped; what looks like a JWT, a Telnyx key or a
 * bearer is replaced as well.
 */
export function redactor(secrets: readonly string[]): Redact {
  let spelled: string[] | undefined; // computed at first use: most calls redact nothing
  return (text) => {
    spelled ??= secrets
      .filter(({ length }) => length >= SHORTEST_SECRET_CHARS)
      .flatMap(spellings)
      .sort((a, b) => b.length - a.length); // the longest first, because one may be a part of another
    const redacted = spelled.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
    return shortened(redacted.replace(SECRET_SHAPES, `$1$2${REDACTED}`));
  };
}

/** Replaces control characters and line separators by spaces: foreign words must not forge lines of a log. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}

/** Copied character by character: a plain slice keeps the whole text, up to 1 MiB, alive with the error. */
function shortened(text: string): string {
  return text.slice(0, SHOWN_CHARS).split("").join("");
}

/** Replaces every string and every long word of a success body: it may be a token that is not known yet. */
export function hideValues(text: string): string {
  return text.replace(VALUES, (value, colon) => (colon === undefined ? `"${REDACTED}"` : value));
}

/** How a secret usually appears in a response: as it is, URL-encoded in either case, JSON-escaped in either way. */
function spellings(secret: string): string[] {
  // A lone surrogate cannot be URL-encoded; in a request it becomes the replacement character.
  const encoded = encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "\ufffd"));
  const lowerCase = encoded.replace(/%../g, (octet) => octet.toLowerCase());
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [secret, encoded, lowerCase, escaped, escaped.replaceAll("/", "\\/")];
}
