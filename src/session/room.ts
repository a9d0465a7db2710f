import { withDeadline } from "../deadline.ts";
import { RoomTokenError } from "../errors.ts";
import { ElapsedClock } from "./clock.ts";

const HAND_OVER_MS = 10_000;
const FORCED_REFRESH_PAUSE_MS = 30_000;
/** Reasons that may be the token's fault; a kick, an expired room or the user's own wish are not. */
const SUSPICIOUS = ["unknown", "network_error", "unauthorized", "forbidden"];

/** The part of a `Room` of @telnyx/video that a session uses. */
export interface AttachableRoom {
  on(event: "connected", listener: () => void): () => void;
  on(event: "disconnected", listener: (reason: string) => void): () => void;
  getState(): { readonly status: string };
  updateClientToken(clientToken: string): Promise<void>;
}

/** What a room needs of a session. */
interface TokenSource {
  /** The token that is valid now. */
  token(): string | undefined;
  /** Calls back after every new token, until the function returned is called. */
  onToken(listener: () => unknown): () => void;
  forceRefresh(): Promise<unknown>;
  report(error: RoomTokenError): void;
}

/**
 * Hands a room the newest valid token whenever it is connected: once per connection, one at a time.
 *
 * @returns What ends it.
 */
export function attachRoom(room: AttachableRoom, source: TokenSource): () => void {
  const clock = new ElapsedClock();
  let refreshedAt = -Infinity;
  let handed: string | undefined;
  let busy = false;
  let detached = false;

  const handOver = async (): Promise<void> => {
    const token = source.token();
    if (detached || busy || token === undefined || token === handed) return;
    if (room.getState().status !== "connected") return;
    busy = true;
    handed = token;
    const failure = await withDeadline(
      async () => room.updateClientToken(token),
      HAND_OVER_MS,
      undefined,
    ).then(
      // The room's promise stays pending for ever when its connection goes in the meantime.
      ({ ended }) => ended === "timeout" && notTaken("timeout"),
      (cause) => notTaken("connection_failed", cause),
    );
    busy = false;
    if (failure) source.report(failure);
    await handOver(); // another may have come meanwhile
  };

  const leave = [
    source.onToken(handOver),
    room.on("connected", handOver),
    room.on("disconnected", (reason) => {
      handed = undefined;
      if (!SUSPICIOUS.includes(reason) || clock.now() < refreshedAt + FORCED_REFRESH_PAUSE_MS) return;
      refreshedAt = clock.now();
      source.forceRefresh().catch(() => {}); // the session tells its listeners
    }),
  ];
  void handOver();
  return () => {
    detached = true;
    for (const off of leave) off();
  };
}

function notTaken(code: "timeout" | "connection_failed", cause?: unknown): RoomTokenError {
  return new RoomTokenError(code, "The room did not take the new token", { cause });
}
