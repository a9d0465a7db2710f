const REDACTED = "[redacted]";
/** What is a secret by its looks: a JWT, whole or cut, a Telnyx API key, what follows "Bearer" and is no word. */
const SECRET_SHAPES =
  /\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}|\bKEY[0-9A-Za-z]{16,}(?:_\w+)?|(?<=\b(?:[Bb]earer|BEARER) )(?=\S{16}|\S*\d)[^\s"',;<>]+/g;
/** A JSON string literal, whole or cut, and the colon that makes a name of it; or what is long enough for a token. */
const VALUES = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"(\s*:)?|\\?)|[\w.+/=~-]{25,}/g;
/** Escapes of URLs (also doubled), of JSON and of HTML, in hexadecimal with what they stand for; and all that they escape. */
const ESCAPABLE =
  /(?:%(?:25)*|\\+u00|&#x0*)([\da-f]{2});?|\\+(?:u[\da-f]{4}|[bfnrt])?|&#?\w{1,8};|[^\da-z]/gi;
const SHORTEST_SKELETON = 8;
/** So much of a text is looked at; so much of it is shown. */
const LOOKED_AT_CHARS = 2 ** 14;
const MAX_TEXT_CHARS = 1000;

/**
 * Makes the function that replaces the given secrets in a text that goes outside, and then shortens it. Where
 * one is still in it under some other escaping, the whole text is replaced.
 */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const spelled = [...new Set(secrets.flatMap(spellings))];
  const skeletons = secrets.map(skeleton).filter(({ length }) => length >= SHORTEST_SKELETON);
  const longest = Math.max(0, ...secrets.map(({ length }) => length));
  return (text) => {
    const scrubbed = spelled
      .reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text.slice(0, LOOKED_AT_CHARS))
      .replace(SECRET_SHAPES, REDACTED);
    const bare = skeleton(scrubbed);
    if (skeletons.some((secret) => bare.includes(secret))) return REDACTED;
    // Where the text went on, its last characters may be half a secret, each written in up to six.
    return shortened(text.length > LOOKED_AT_CHARS ? scrubbed.slice(0, -6 * longest || undefined) : scrubbed);
  };
}

/** Copied unit by unit, because a plain slice keeps its whole text, up to a megabyte, alive with the error. */
function shortened(text: string): string {
  return text.slice(0, MAX_TEXT_CHARS).split("").join("");
}

/** Hides what may be a token in a success body, which nobody has seen yet: every string, every long word. */
export function scrubSuccessBody(text: string): string {
  return text
    .slice(0, LOOKED_AT_CHARS)
    .replace(VALUES, (value, colon) => (colon === undefined ? `"${REDACTED}"` : value));
}

/** How a secret usually comes back in an answer: plain, URL-encoded, JSON-escaped. */
function spellings(secret: string): string[] {
  const wellFormed = secret.replace(/\p{Surrogate}/gu, "\ufffd");
  return [secret, encodeURIComponent(wellFormed), JSON.stringify(secret).slice(1, -1)];
}

/** The letters and digits of a text, with all escaping undone and all else left out. */
function skeleton(text: string): string {
  return text.replace(ESCAPABLE, (_, hex) => {
    const unit = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\da-z]/i.test(unit) ? unit : "";
  });
}
