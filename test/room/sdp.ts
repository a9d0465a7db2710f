/** Lines of an offer that an answer without media of its own does not have. */
const OFFERED = /^a=(?:ssrc|msid|candidate|end-of-candidates|extmap|rid|simulcast|ice-options|rtcp:)/;

/**
 * The offer turned into an answer: takes every line of it, so that the browser makes a track of what it may receive. It
 * names no address, so no connection is ever tried, and its keys need only look like keys.
 */
export function answerTo(offer: string): string {
  return offer
    .split("\r\n")
    .filter((line) => !OFFERED.test(line))
    .map((line) =>
      line
        .replace("a=setup:actpass", "a=setup:active")
        .replace("a=sendonly", "a=recvonly")
        .replace(/^a=ice-ufrag:.*/, "a=ice-ufrag:none")
        .replace(/^a=ice-pwd:.*/, `a=ice-pwd:${"none".repeat(6)}`)
        .replace(/^a=fingerprint:.*/, `a=fingerprint:sha-256 ${Array(32).fill("00").join(":")}`),
    )
    .join("\r\n");
}
