import type { RoomTokenOperation } from "../errors/room-token-error.ts";
import type { SandboxFault, SandboxSettings } from "./options.ts";

/**
 * A stand-in for Telnyx's room tokens on 127.0.0.1, with state: what it issues expires, is refreshed and revoked as
 * Telnyx documents it. It does not prove what Telnyx does.
 */
export interface Sandbox {
  /** Where its API begins: what `TELNYX_BASE_URL` and the client's `baseUrl` take. It ends in `/v2`. */
  readonly url: string;
  /** The API key that it accepts. */
  readonly apiKey: string;
  /** The `id` of the one room that exists. */
  readonly roomId: string;
  /**
   * Plays a back end's route for that room, by `createTokenResponse` and with refresh tokens: what the session's
   * `endpoint` takes. Pages of every loopback origin may call it. It checks no login.
   */
  readonly endpoint: string;
  /**
   * The requests that reached the API, those of `endpoint` included: the latest 1,000 since the start or the last
   * `reset()`, oldest first. It contains no secret.
   */
  readonly requests: readonly SandboxRequest[];
  /**
   * Plans a fault for the next requests, after the faults that are planned already.
   *
   * @throws RoomTokenError `invalid_argument`
   */
  failNext(fault?: SandboxFault): void;
  /**
   * Changes settings, until the next change or `reset()`. What is left out stays as it is.
   *
   * @throws RoomTokenError `invalid_argument`
   */
  set(settings: SandboxSettings): void;
  /**
   * Moves the sandbox's clock forward: tokens expire sooner, and new ones are issued by the new time. Apart from that
   * the clock follows `Date.now()`, also if a test replaces it.
   *
   * @param ms By how much, in milliseconds: 0 to 1e12, which is 31 years.
   *
   * @throws RoomTokenError `invalid_argument`
   */
  advance(ms: number): void;
  /** Revokes every refresh token that was issued so far: a refresh with one gets status 403. Tokens stay valid. */
  revokeRefreshTokens(): void;
  /**
   * Forgets all but the address, the key and the room: faults, settings, requests, every `advance`, and every token that
   * was issued. Requests that wait for their response are cut.
   */
  reset(): void;
  /** Cuts the open connections and stops listening. */
  close(): Promise<void>;
}

/** A request that the sandbox got. */
export interface SandboxRequest {
  /** What was requested; undefined if the API has no such path. */
  readonly operation: RoomTokenOperation | undefined;
  /** The room of the request; undefined if the API has no such path. */
  readonly roomId: string | undefined;
  /** The HTTP status of the response; undefined if the connection was cut. */
  readonly status: number | undefined;
  /** The request id of the response, as an error of the client has it; undefined if the connection was cut. */
  readonly requestId: string | undefined;
}
