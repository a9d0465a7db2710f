import { invalidArgument } from "../errors/arguments.ts";
import { redactor } from "../errors/redact.ts";
import { RoomTokenError } from "../errors/room-token-error.ts";
import { sanitizeError } from "../errors/thrown-error.ts";
import { withDeadline } from "../lib/deadline.ts";
import { isObject } from "../lib/values.ts";
import { doublingMs } from "./backoff.ts";
import type { Renewals } from "./renewals.ts";

const HAND_OVER_MS = 10_000;
/** Reasons that may be the token's fault; a kick, an expired room or the user's own wish are not. */
const SUSPICIOUS: readonly unknown[] = ["unknown", "network_error", "unauthorized", "forbidden"];

/** The part of a `Room` of @telnyx/video that a session uses. */
export interface AttachableRoom {
  on(event: "connected", listener: () => void): () => void;
  on(event: "disconnected", listener: (reason: string) => void): () => void;
  getState(): { readonly status: string };
  updateClientToken(clientToken: string): Promise<void>;
}

/** Marks a hand-over that took too long. */
const TOO_LATE = new Error("no answer");

/** Hands a room the newest valid token in every state but `disconnected`. */
export class RoomAttachment {
  readonly #room: AttachableRoom;
  readonly #renewals: Renewals;
  /** Aborted once the room is detached. */
  readonly #left: AbortController = new AbortController();
  readonly #removers: (() => void)[] = [];
  #isBusy = false;
  /** Whether to look once more for a token, when the hand-over under way is over. */
  #isWanted = false;
  /** The token that the room has, or is being given. */
  #handed: string | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** How often in a row the newest token was not taken. */
  #failures = 0;

  /** @throws what the room's own functions throw; nothing is left behind then. */
  constructor(room: AttachableRoom, renewals: Renewals) {
    checkRoom(room);
    this.#room = room;
    this.#renewals = renewals;
    const { report } = renewals;
    const onToken = () => {
      this.#failures = 0;
      this.#handOver();
    };
    const onDisconnected = (reason: string) => {
      this.#handed = undefined;
      if (SUSPICIOUS.includes(reason)) renewals.refreshForRoom();
    };
    try {
      this.#removers.push(report.on("token", onToken));
      this.#removers.push(report.on("state", ({ state }) => state === "closed" && this.detach()));
      this.#removers.push(room.on("connected", () => this.#handOver()));
      this.#removers.push(room.on("disconnected", onDisconnected));
    } catch (thrown) {
      this.detach();
      throw thrown;
    }
    this.#handOver();
  }

  detach(): void {
    this.#left.abort();
    clearTimeout(this.#retry);
    for (const remove of this.#removers.splice(0)) {
      try {
        remove();
      } catch {} // the others are removed all the same
    }
  }

  /** Hands over the newest token, one at a time. */
  async #handOver(): Promise<void> {
    this.#isWanted = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      clearTimeout(this.#retry);
      const { token } = this.#renewals.current;
      if (token !== undefined && token !== this.#handed) await this.#giveToken(token);
    }
    this.#isBusy = false;
  }

  async #giveToken(token: string): Promise<void> {
    const { signal } = this.#left;
    // The room's promise stays pending for ever when its connection is lost in the meantime.
    const update = async () => this.#room.updateClientToken(token);
    try {
      if (signal.aborted || this.#room.getState().status === "disconnected") return;
      this.#handed = token;
      await withDeadline(update, HAND_OVER_MS, signal, () => TOO_LATE);
      this.#failures = 0;
    } catch (thrown) {
      if (!signal.aborted) this.#afterFailure(thrown, token);
    }
  }

  /** A token that was rejected is handed over again after a pause, as long as it is the newest. */
  #afterFailure(thrown: unknown, token: string): void {
    const { current, report } = this.#renewals;
    const isLate = thrown === TOO_LATE;
    const cause = isLate ? undefined : sanitizeError(thrown, redactor([token]));
    const code = isLate ? "timeout" : "connection_failed";
    let delayMs: number | undefined;
    if (!isLate && token === current.held?.grant.token) {
      delayMs = doublingMs(this.#failures++);
      this.#handed = undefined;
      this.#retry = setTimeout(() => void this.#handOver(), delayMs);
    }
    report.error(new RoomTokenError(code, "The room did not take the token", { cause }), delayMs);
  }
}

function checkRoom(room: unknown): void {
  const isRoom =
    isObject(room) && typeof room["on"] === "function" && typeof room["updateClientToken"] === "function";
  if (!isRoom) throw invalidArgument("room", "must be a Room of @telnyx/video");
}
