import { isObject } from "../checks.ts";
import { withDeadline } from "../deadline.ts";
import { redactor } from "../errors/redact.ts";
import { invalidArgument, RoomTokenError } from "../errors/room-token-error.ts";
import { copyOfThrown } from "../errors/thrown.ts";
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
const TOO_LATE: unique symbol = Symbol("too late");

/** Hands a room the newest valid token in every state but `disconnected`, one at a time. */
export class RoomAttachment {
  readonly #room: AttachableRoom;
  readonly #renewals: Renewals;
  /** Aborted once the room is detached. */
  readonly #left: AbortController = new AbortController();
  readonly #removers: (() => void)[] = [];
  /** The token that the room has, or is being given. */
  #handed: string | undefined;
  #isBusy = false;
  #isWanted = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** How often in a row the newest token was not taken. */
  #failures = 0;

  /** @throws what the room's own functions throw; nothing is left behind then. */
  constructor(room: AttachableRoom, renewals: Renewals) {
    checkRoom(room);
    this.#room = room;
    this.#renewals = renewals;
    const handOver = () => void this.#handOver();
    const { events } = renewals.report;
    this.#removers.push(
      events.on("token", () => {
        this.#failures = 0;
        handOver();
      }),
      events.on("state", ({ state }) => state === "closed" && this.detach()),
    );
    try {
      this.#removers.push(room.on("connected", handOver));
      this.#removers.push(room.on("disconnected", (reason) => this.#onDisconnected(reason)));
    } catch (thrown) {
      this.detach();
      throw thrown;
    }
    handOver();
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

  /** Hands over the newest token; asked for meanwhile, it looks once more when it is done. */
  async #handOver(): Promise<void> {
    this.#isWanted = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isWanted && !this.#left.signal.aborted) {
      this.#isWanted = false;
      clearTimeout(this.#retry);
      const token = this.#renewals.current.validMs > 0 ? this.#renewals.current.held?.grant.token : undefined;
      if (token !== undefined && token !== this.#handed) await this.#tryHandOver(token);
    }
    this.#isBusy = false;
  }

  async #tryHandOver(token: string): Promise<void> {
    try {
      if (this.#room.getState().status === "disconnected") return;
      this.#handed = token;
      await this.#update(token);
      this.#failures = 0;
    } catch (thrown) {
      if (!this.#left.signal.aborted) this.#afterFailure(thrown, token);
    }
  }

  /** The room's promise stays pending for ever when its connection is lost in the meantime. */
  async #update(token: string): Promise<void> {
    const { signal } = this.#left;
    const update = async () => this.#room.updateClientToken(token);
    await withDeadline(update, HAND_OVER_MS, signal, this.#renewals.listeners, () => TOO_LATE);
  }

  /** A token that was rejected is handed over again after a pause, as long as it is the newest. */
  #afterFailure(thrown: unknown, token: string): void {
    const isLate = thrown === TOO_LATE;
    const cause = isLate ? undefined : copyOfThrown(thrown, redactor([token]));
    const code = isLate ? "timeout" : "connection_failed";
    const error = new RoomTokenError(code, "The room did not take the new token", { cause });
    if (isLate || token !== this.#renewals.current.held?.grant.token) {
      this.#renewals.report.error(error);
      return;
    }
    const delayMs = doublingMs(this.#failures);
    this.#failures += 1;
    this.#handed = undefined;
    this.#retry = setTimeout(() => void this.#handOver(), delayMs);
    this.#renewals.report.error(error, delayMs);
  }

  #onDisconnected(reason: string): void {
    this.#handed = undefined;
    if (SUSPICIOUS.includes(reason)) this.#renewals.refreshForRoom();
  }
}

function checkRoom(room: unknown): void {
  const names = ["on", "getState", "updateClientToken"];
  const isRoom = isObject(room) && names.every((name) => typeof room[name] === "function");
  if (!isRoom) throw invalidArgument("room", "a Room of @telnyx/video");
}
