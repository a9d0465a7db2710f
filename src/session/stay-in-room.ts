import {
  assertArgument,
  FUNCTION,
  invalidArgument,
  type MemberTable,
  readMembers,
} from "../errors/arguments.ts";
import { isRoomTokenError } from "../errors/room-token-error.ts";
import { peek } from "../lib/values.ts";
import { elapsedClock, LONG_AGO, NEVER } from "./clock.ts";
import { roomPauseMs } from "./failure.ts";
import { callListener } from "./listener.ts";
import type { RoomTokenSession } from "./session.ts";

/** The part of a `Room` of @telnyx/video that {@link stayInRoom} uses. */
export interface VideoRoom {
  on(event: "disconnected", listener: (reason: string) => void): () => void;
  on(event: "participant_leaving", listener: (id: string, reason: "kicked" | null) => void): () => void;
  getState(): { readonly status: string; readonly localParticipantId: string };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  updateClientToken(clientToken: string): Promise<void>;
}

/** Whether the page is in its room. A lost room is `connecting` until the next one is connected. `left` is final. */
export type StayInRoomStatus = "connecting" | "connected" | "left";

/** Options of {@link stayInRoom}. */
export interface StayInRoomOptions {
  /**
   * Called at each change of the status, and after each room that could not be opened. What it throws or rejects with
   * goes to `reportError`.
   *
   * With `connecting`, `cause` is why the last room was lost or could not be opened:
   * - the SDK's reason, such as `network_error`, `timed_out`, or `unknown` (a rejected token, a gateway that restarts);
   * - what `open` threw: `initialize` throws `Error("network_error")` after 30 seconds;
   * - a `RoomTokenError`: there is no token, or its code is `invalid_argument` because `open` returned no new room.
   *
   * With `left` it is why no other room is opened: `kicked`, `session_terminated`, or `user_initiated`, which is also
   * what the SDK says of a room that has ended; undefined if the page left, or closed the session.
   * @default none
   */
  readonly onStatus?: ((status: StayInRoomStatus, cause: unknown) => unknown) | undefined;
}

const OPTIONS = { onStatus: { rule: FUNCTION } } satisfies MemberTable<StayInRoomOptions>;

/** A token that is valid for less is renewed before a room is opened with it. */
const MIN_VALIDITY_MS = 60_000;
const FORCED_REFRESH_INTERVAL_MS = 30_000;
/** After this long in a room, its loss counts as the first one again. */
const STABLE_MS = 60_000;
const HEARTBEAT_INTERVAL_MS = 15_000;
const HEARTBEAT_TIMEOUT_MS = 10_000;
/** The page, a moderator or Telnyx ended the room on purpose. */
const FINAL_REASONS: readonly unknown[] = ["user_initiated", "kicked", "session_terminated"];
/** The token is not at fault. If it was rejected, the SDK says `unknown`. */
const NETWORK_REASONS: readonly unknown[] = ["network_error", "timed_out"];

/** What leaves the room that a session is in, or was in last. */
const leaveFunctions = new WeakMap<RoomTokenSession, () => void>();

/**
 * Keeps a page in its room: opens a room with a valid token, hands it every new token, and opens another room when that
 * one is lost. Starts the session; leaving stops it, whoever started it. Calling it again with the same session leaves
 * the first room.
 *
 * The next room is opened after 1 second, doubled with each loss in a row up to 30 seconds, multiplied by a random 0.5
 * to 1; never while the page is offline, and at once when it is back online, or a session without a token gets one.
 *
 * @param open Returns, or resolves to, a new room that is not yet connected. It is called again for each room, after the
 * last one has ended. What it throws becomes the `cause` of the status.
 * @returns The function that leaves for good. It may be called again. `session.close()` leaves, too.
 * @throws RoomTokenError `session_closed`; `invalid_argument`: `open` is not a function, or an option breaks its rule.
 *
 * @example
 * ```ts
 * const session = new RoomTokenSession({ endpoint: `/rooms/${roomId}/token` });
 * const leave = stayInRoom(session, (clientToken) => initialize({ roomId, clientToken }));
 * ```
 */
export function stayInRoom(
  session: RoomTokenSession,
  open: (clientToken: string) => VideoRoom | PromiseLike<VideoRoom>,
  options: StayInRoomOptions = {},
): () => void {
  assertArgument("open", open, FUNCTION);
  const { onStatus } = readMembers("options", options, OPTIONS);
  leaveFunctions.get(session)?.();
  session.start();
  const leaving = new AbortController();
  const { signal } = leaving;
  const notify: Notify = (status, cause) => callListener(onStatus, status, cause);
  const leave = (cause?: unknown) => {
    if (signal.aborted) return;
    leaving.abort();
    session.stop();
    notify("left", cause);
  };
  leaveFunctions.set(session, leave);
  const unsubscribe = session.subscribe(({ state }) => state === "closed" && leave());
  signal.addEventListener("abort", unsubscribe);
  openRooms(session, open, signal, notify).then(leave);
  return () => leave(); // not `leave` itself: a click handler would pass its event as the cause
}

type Notify = (status: StayInRoomStatus, cause?: unknown) => void;

/**
 * Opens one room after another, until `signal` is aborted or a room was ended on purpose. Never rejects.
 *
 * @returns why the last room ended.
 */
async function openRooms(
  session: RoomTokenSession,
  open: (clientToken: string) => VideoRoom | PromiseLike<VideoRoom>,
  signal: AbortSignal,
  notify: Notify,
): Promise<unknown> {
  const now = elapsedClock();
  let forcedAt = LONG_AGO;
  let cause: unknown;
  for (let losses = 0; !signal.aborted && !FINAL_REASONS.includes(cause); losses++) {
    notify("connecting", cause);
    await waitToOpen(losses === 0 ? 0 : roomPauseMs(losses), session, signal);
    let connectedAt = NEVER;
    const onConnected = () => {
      connectedAt = now();
      notify("connected");
    };
    const forceRefresh = mayBeRejection(cause) && now() - forcedAt >= FORCED_REFRESH_INTERVAL_MS;
    if (forceRefresh) forcedAt = now();
    try {
      const token = await session.getToken({ minValidityMs: MIN_VALIDITY_MS, forceRefresh, signal });
      cause = await connectUntilLost(await open(token), session, signal, onConnected);
    } catch (thrown) {
      cause = thrown;
    }
    if (now() - connectedAt >= STABLE_MS) losses = 0; // then this loss is the first one again
  }
  return cause;
}

/** Whether the token may have been rejected. A RoomTokenError is the session's, or says that the room was not new. */
function mayBeRejection(cause: unknown): boolean {
  return cause !== undefined && !NETWORK_REASONS.includes(cause) && !isRoomTokenError(cause);
}

/**
 * Connects a room and hands it every new token, until it is lost or `signal` is aborted. It is disconnected then.
 *
 * @returns why it was lost.
 */
async function connectUntilLost(
  room: VideoRoom,
  session: RoomTokenSession,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<unknown> {
  if (!peek(room, "getState")) throw invalidArgument("open", "must return a new room");
  const { status, localParticipantId } = room.getState();
  const disconnect = () => room.disconnect().catch(() => {});
  const over = new AbortController();
  try {
    if (status !== "initialized") throw invalidArgument("open", "must return a new room");
    if (signal.aborted) return undefined;
    return await new Promise((resolve) => {
      const lose = (cause: unknown) => {
        over.abort();
        resolve(cause);
      };
      signal.addEventListener("abort", lose, { signal: over.signal });
      room.on("disconnected", lose);
      room.on("participant_leaving", (id, why) => id === localParticipantId && why === "kicked" && lose(why));
      handOverTokens(room, session, over.signal, () => lose("network_error"));
      const onRejected = (thrown: unknown) => {
        lose(thrown);
        disconnect(); // its status is `disconnected` already, but its socket is still open
      };
      room.connect().then(() => over.signal.aborted || onConnected(), onRejected);
    });
  } finally {
    over.abort();
    if (room.getState().status !== "disconnected") disconnect();
  }
}

/**
 * Hands a room the session's token and every new one. Repeats the newest as a heartbeat, because the SDK does not notice
 * a half-open connection, and calls `onLost` if a room that has answered before does not answer.
 */
function handOverTokens(
  room: VideoRoom,
  session: RoomTokenSession,
  signal: AbortSignal,
  onLost: () => void,
): void {
  let token = "";
  /**
   * Whether an answer is awaited. The first one is awaited without end and without heartbeats: a gateway that never
   * answers must not end a meeting, and each unanswered frame costs the SDK 200 timers a second.
   */
  let isAwaited = true;
  /** For the next heartbeat, or for the answer that is awaited. */
  let timer: ReturnType<typeof setTimeout> | undefined;
  const setTimer = (call: () => void, delayMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(call, delayMs);
  };
  const onAnswer = () => {
    isAwaited = false;
    if (!signal.aborted) setTimer(handOver, HEARTBEAT_INTERVAL_MS);
  };
  const handOver = () => {
    if (!isAwaited) setTimer(onLost, HEARTBEAT_TIMEOUT_MS);
    isAwaited = true;
    room.updateClientToken(token).then(onAnswer, () => {});
  };
  const unsubscribe = session.subscribe((snapshot) => {
    if (snapshot.token === undefined || snapshot.token === token) return;
    token = snapshot.token;
    handOver();
  });
  globalThis.addEventListener?.("online", () => isAwaited || handOver(), { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    unsubscribe();
  });
  if (signal.aborted) unsubscribe(); // another listener of the session has just left
}

/**
 * Waits for `delayMs`, or until the network is back, or until a session without a token gets one, as by "Try again".
 * While the page is offline it goes on waiting.
 */
function waitToOpen(delayMs: number, session: RoomTokenSession, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      if (globalThis.navigator?.onLine === false && !signal.aborted) return;
      clearTimeout(timer);
      unsubscribe();
      over.abort();
      resolve();
    };
    const hadToken = session.getSnapshot().token !== undefined;
    const unsubscribe = session.subscribe(({ token }) => token !== undefined && !hadToken && end());
    const timer = setTimeout(end, delayMs);
    globalThis.addEventListener?.("online", end, { signal: over.signal });
    signal.addEventListener("abort", end, { signal: over.signal });
    if (signal.aborted) end();
  });
}
