import { afterEach, beforeEach, vi } from "vitest";
import type {
  RoomTokenGrantInput,
  RoomTokenSessionEvents,
  RoomTokenSessionOptions,
} from "../../src/session/index.ts";
import { RoomTokenSession } from "../../src/session/index.ts";

export { rejection } from "../unit/support.ts";

export const NOON = Date.UTC(2026, 10, 22, 12);
export const REFUSED = { status: 403 };
export const DOWN = { status: 503 };

const sessions: RoomTokenSession[] = [];

/** Fake timers at noon and no jitter; every session that a test opened is closed after it. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOON });
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.close();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}

/** A JWT as Telnyx mints it, unsigned; `id` keeps two of the same second apart. */
export function jwt(iatSecs: number, ttlSecs: number, id: number | string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encode({ alg: "none" })}.${encode({ iat: iatSecs, exp: iatSecs + ttlSecs, jti: id })}.c2ln`;
}

/** A stand-in for what the callbacks ask: mints tokens, counts the requests, and fails as it is told. */
export class Server {
  ttlSecs = 600;
  refreshTtlSecs = 3600;
  latencyMs = 0;
  /** How far the server's clock is ahead of the local one. */
  aheadMs = 0;
  /** Whether its tokens are no JWTs. */
  opaque = false;
  /** While it is set, a request is not answered, ever. */
  silent = false;
  /** What a request of that kind is rejected with while it is set. */
  createFailure: unknown;
  refreshFailure: unknown;
  /** When each request arrived, in milliseconds since noon. */
  readonly creates: number[] = [];
  readonly refreshes: number[] = [];
  readonly usedRefreshTokens: string[] = [];
  readonly signals: AbortSignal[] = [];
  #minted = 0;

  get requests(): number {
    return this.creates.length + this.refreshes.length;
  }

  /** A grant as the back end's JSON has it. */
  grant(): RoomTokenGrantInput {
    const ends = Math.floor((Date.now() + this.aheadMs) / 1000) + this.refreshTtlSecs;
    return {
      ...this.#token(),
      refreshToken: `refresh-${this.#minted}`,
      refreshTokenExpiresAt: new Date(ends * 1000).toISOString(),
    };
  }

  /** The same with the time of receipt, which makes its token fresh. */
  savedGrant(): RoomTokenGrantInput {
    return { ...this.grant(), receivedAt: Date.now() };
  }

  readonly create = async ({ signal }: { signal: AbortSignal }): Promise<RoomTokenGrantInput> => {
    this.creates.push(Date.now() - NOON);
    this.signals.push(signal);
    await this.#delay();
    if (this.createFailure !== undefined) throw this.createFailure;
    return this.grant();
  };

  readonly refresh = async ({ refreshToken, signal }: { refreshToken: string; signal: AbortSignal }) => {
    this.refreshes.push(Date.now() - NOON);
    this.usedRefreshTokens.push(refreshToken);
    this.signals.push(signal);
    await this.#delay();
    if (this.refreshFailure !== undefined) throw this.refreshFailure;
    return this.#token();
  };

  async #delay(): Promise<void> {
    if (this.silent) await new Promise(() => {});
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
  }

  #token() {
    this.#minted += 1;
    const iat = Math.floor((Date.now() + this.aheadMs) / 1000);
    return {
      token: this.opaque ? `opaque-${this.#minted}` : jwt(iat, this.ttlSecs, this.#minted),
      tokenExpiresAt: new Date((iat + this.ttlSecs) * 1000).toISOString(),
    };
  }
}

/** A session on a server, by default with a fresh grant and a refresh callback, without create. */
export function open(server: Server, options: Partial<RoomTokenSessionOptions> = {}): RoomTokenSession {
  const grant = "grant" in options ? options.grant : server.savedGrant();
  const session = new RoomTokenSession({ refresh: server.refresh, ...options, grant });
  sessions.push(session);
  return session;
}

/** All events of a session, by name and in order. */
export function record(session: RoomTokenSession) {
  const told: { [Name in keyof RoomTokenSessionEvents]: RoomTokenSessionEvents[Name][] } = {
    token: [],
    error: [],
    expiring: [],
    state: [],
  };
  session.on("token", (event) => told.token.push(event));
  session.on("error", (event) => told.error.push(event));
  session.on("expiring", (event) => told.expiring.push(event));
  session.on("state", (event) => told.state.push(event));
  return told;
}

export const sleep = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

/** Lets promises settle, without time passing. */
export const settle = (): Promise<void> => sleep(0);

/** Moves the wall clock alone, as a person or a time server does. */
export function stepWallClock(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** A session whose renewal was sent 50 ms ago and is answered in 50 ms. */
export async function withRenewalUnderWay() {
  const server = new Server();
  server.latencyMs = 100;
  const session = open(server);
  await sleep(480_000);
  await session.getToken();
  await sleep(50);
  return { server, session };
}

/** The pauses between attempts, in milliseconds. */
export const pauses = (moments: readonly number[]) => moments.slice(1).map((at, i) => at - (moments[i] ?? 0));
