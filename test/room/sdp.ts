/**
 * The answer to an offer of one audio line: takes it in both directions, so that the browser makes a track of it.
 * It names no address, so no connection is ever tried, and its keys need only look like keys.
 */
export function answerTo(offer: string): string {
  const [, payloadType] = /^a=rtpmap:(\d+) opus\//m.exec(offer) ?? []; // a=rtpmap:111 opus/48000/2
  const [, mid] = /^a=mid:(.+?)\r?$/m.exec(offer) ?? []; // a=mid:0
  if (payloadType === undefined || mid === undefined) throw new Error("the offer has no opus line");
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mid}`,
    `m=audio 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${mid}`,
    "a=sendrecv",
    "a=rtcp-mux",
    `a=rtpmap:${payloadType} opus/48000/2`,
    "a=ice-ufrag:none",
    `a=ice-pwd:${"none".repeat(6)}`,
    `a=fingerprint:sha-256 ${Array(32).fill("00").join(":")}`,
    "a=setup:active",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
