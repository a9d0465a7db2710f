import { RoomTokenError } from "../errors.ts";
import { copyOf } from "../failures.ts";
import { scrubber } from "../scrub.ts";
import { withDeadline } from "../transport.ts";
import type { Keeper } from "./keeper.ts";

const HAND_OVER_MS = 10_000;
const TOO_LATE = Symbol();
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

/**
 * Hands a room the newest valid token whenever it is connected: once per connection, one at a time.
 *
 * @returns What ends it; the end of the session does so too.
 */
export function attachRoom(room: AttachableRoom, keeper: Keeper): () => void {
  const left = new AbortController();
  let handed: string | undefined;
  let busy = false;

  const handOver = async (): Promise<void> => {
    const token = keeper.validMs > 0 ? keeper.held?.grant.token : undefined;
    if (left.signal.aborted || busy || token === undefined || token === handed) return;
    try {
      if (room.getState().status !== "connected") return;
      busy = true;
      handed = token;
      // The room's promise stays pending for ever when its connection goes in the meantime.
      const update = async () => room.updateClientToken(token);
      await withDeadline(update, HAND_OVER_MS, left.signal, () => TOO_LATE);
    } catch (thrown) {
      if (left.signal.aborted) return;
      const refused = () => notTaken("connection_failed", copyOf(thrown, scrubber([token])));
      keeper.report(thrown === TOO_LATE ? notTaken("timeout") : refused());
      if (!busy) return; // its state cannot be read
    }
    busy = false;
    await handOver(); // another may have come meanwhile
  };

  const onDisconnected = (reason: string) => {
    handed = undefined;
    const now = keeper.clock.now();
    if (!SUSPICIOUS.includes(reason) || now < keeper.forcedAt + FORCED_REFRESH_PAUSE_MS) return;
    keeper.forcedAt = now;
    keeper.token(0, true).catch(() => {}); // the listeners are told
  };

  const leave = () => {
    left.abort();
    for (const off of listening) off();
  };
  const listening = [
    keeper.events.on("token", handOver),
    keeper.events.on("state", ({ state }) => state === "closed" && leave()),
    room.on("connected", handOver),
    room.on("disconnected", onDisconnected),
  ];
  void handOver();
  return leave;
}

function notTaken(code: "timeout" | "connection_failed", cause?: Error): RoomTokenError {
  return new RoomTokenError(code, "The room did not take the new token", { cause });
}
