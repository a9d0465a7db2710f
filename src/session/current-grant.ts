import { NEVER, type Now } from "./clock.ts";
import { drawRenewalAt, type HeldGrant } from "./held-grant.ts";

/** The grant that a session holds now, and when its token has to be renewed. */
export class CurrentGrant {
  readonly #now: Now;
  readonly #hasCreate: boolean;
  #held: HeldGrant | undefined;
  /** Drawn when it is first needed: the constructor of a session draws no number. */
  #renewAt: number | undefined;
  /** The usable life of the newest renewed token. */
  #newestLifeMs: number | undefined;

  /** @param held The grant that the session begins with. */
  constructor(now: Now, hasCreate: boolean, held: HeldGrant | undefined) {
    this.#now = now;
    this.#hasCreate = hasCreate;
    this.#held = held;
  }

  get held(): HeldGrant | undefined {
    return this.#held;
  }

  /** For how much longer the token can be given out, in milliseconds. Without one no clock is read. */
  get validMs(): number {
    return this.#held === undefined ? 0 : Math.max(0, this.#held.deadAt - this.#now());
  }

  /** The token, as long as it can be given out. */
  get token(): string | undefined {
    return this.validMs > 0 ? this.#held?.grant.token : undefined;
  }

  /** When the valid token dies; never, without one. */
  get diesAt(): number {
    return this.#held !== undefined && this.validMs > 0 ? this.#held.deadAt : NEVER;
  }

  /** Whether the refresh token has renewed for the last time, and nothing can take its place. */
  get isLast(): boolean {
    return !this.#hasCreate && this.#held !== undefined && this.#held.bornAt >= this.#held.lastRefreshAt;
  }

  /** Whether nothing can renew any more, as far as the clock can tell. */
  get isOver(): boolean {
    const held = this.#held;
    if (this.#hasCreate || held === undefined) return false;
    return this.#now() >= Math.max(held.deadAt, held.refreshEndsAt);
  }

  /** When the renewal is due. Without `create` there is one more shortly before the refresh token dies. */
  get dueAt(): number {
    const held = this.#held;
    if (held === undefined) return 0;
    this.#renewAt ??= drawRenewalAt(held);
    return this.#hasCreate || this.isLast ? this.#renewAt : Math.min(this.#renewAt, held.lastRefreshAt);
  }

  /** Whether the token is valid for so long, or no renewal would bring one that is. */
  suffices(minValidityMs: number): boolean {
    return this.validMs >= minValidityMs || minValidityMs > (this.#newestLifeMs ?? minValidityMs);
  }

  replace(held: HeldGrant): void {
    this.#held = held;
    this.#renewAt = undefined;
    this.#newestLifeMs = held.deadAt - held.bornAt;
  }

  wipe(): void {
    this.#held = undefined;
  }
}
