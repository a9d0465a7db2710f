/**
 * What the transport throws when a request got no whole answer. It is no Error, which would cost a stack that nobody
 * reads: the client makes a RoomTokenError of it.
 */
export class NoAnswer {
  readonly timedOut: boolean;
  /** What `fetch` threw; undefined after a timeout. */
  readonly cause: unknown;

  constructor(timedOut: boolean, cause?: unknown) {
    this.timedOut = timedOut;
    this.cause = cause;
  }
}

/**
 * What the transport throws when the caller's signal was aborted. It is not the signal's reason, for openapi-fetch
 * would lose one that is falsy.
 */
export class AbortedByCaller {}

/**
 * Whether a value thrown by `fetch` is the control flow of a framework, and no failure: Next.js makes a page dynamic,
 * or redirects, by throwing a value with a string `digest`.
 */
export function isControlFlow(thrown: unknown): boolean {
  try {
    return typeof (thrown as { digest?: unknown }).digest === "string";
  } catch {
    return false; // null, undefined, or a getter that throws
  }
}
