/** Every place of the documents that tells a bound or a default of Telnyx tells the one of the fragment. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LIMITS } from "../../generated/limits.ts";
import { ROOT } from "../../scripts/spec/files.ts";

const token = LIMITS.create.token_ttl_secs;
const refreshToken = LIMITS.create.refresh_token_ttl_secs;
const ofRefresh = LIMITS.refresh.token_ttl_secs;

/** A time in words, such as "10 seconds", "1 minute" or "24 hours". */
function inWords(secs: number): string {
  const [count, unit] =
    secs % 3600 === 0 ? [secs / 3600, "hour"] : secs % 60 === 0 ? [secs / 60, "minute"] : [secs, "second"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** The same, with "an hour" for one. */
const anOrSo = (secs: number) => inWords(secs).replace(/^1 hour$/, "an hour");

const lifetime = (what: string, { minimum, maximum, default: usual }: typeof token | typeof refreshToken) =>
  `Lifetime of the ${what}, in seconds: a whole number; Telnyx accepts ${minimum} to ${maximum}.
   * @default ${usual}, by Telnyx`;
const span = (of: { minimum: number; maximum: number }) => `${of.minimum}..${of.maximum} s`;
/** Calls a second of 100,000 sessions whose refresh tokens live so long. */
const createsAt = (secs: number) => `${Number((100_000 / secs).toPrecision(2))} at ${secs}`;

it.each([
  ["src/client/params.ts", lifetime("client token", token)],
  ["src/client/params.ts", lifetime("refresh token", refreshToken)],
  ["src/client/params.ts", lifetime("new client token", ofRefresh)],
  ["docs/errors.md", `TTLs are ${span(token)} and ${span(refreshToken)}`],
  ["docs/session.md", `\n| ${token.minimum} s |`],
  ["docs/session.md", `\n| ${token.default} s |`],
  ["docs/session.md", `\n| ${token.maximum} s |`],
  ["docs/performance.md", `\n| ${token.default} |`],
  ["docs/performance.md", `\n| ${token.maximum} |`],
  [
    "docs/performance.md",
    `lifetime R: ${createsAt(refreshToken.default)}, ${createsAt(refreshToken.maximum)}.`,
  ],
  ["docs/platforms.md", `has expired, at most ${inWords(refreshToken.maximum)} after it was created`],
  [
    "SECURITY.md",
    `\n| refresh token | ${inWords(refreshToken.minimum)} to ${inWords(refreshToken.maximum)} (`,
  ],
  ["SECURITY.md", `(\`refreshTokenTtlSecs\`, ${anOrSo(refreshToken.default)} if left out)`],
  ["SECURITY.md", `(\`tokenTtlSecs\`, ${anOrSo(token.default)} if left out)`],
  ["SECURITY.md", `the refresh token lives, at most ${inWords(refreshToken.maximum)} |`],
  ["SECURITY.md", `the last one expires at most ${inWords(token.maximum)} later`],
  ["docs/back-ends.md", `\`refreshTokenTtlSecs\` later, at most ${inWords(refreshToken.maximum)}.`],
  ["SECURITY.md", `\n| client token | ${inWords(token.minimum)} to ${inWords(token.maximum)} (`],
])("%s tells the figures that Telnyx states: %j", async (file, words) => {
  const text = await readFile(join(ROOT, file), "utf8");
  // The text itself stays out of the message, which may stand in a pull request.
  expect(text.includes(words), `${file} must say ${JSON.stringify(words)}, as generated/limits.ts does`).toBe(
    true,
  );
});
