import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { RoomTokenError, RoomTokenSession, type RoomTokenSessionOptions } from "../../src/session/index.ts";

export const NOON = Date.UTC(2026, 10, 22, 12);
export const HOUR = 3_600_000;
export const DOWN = { status: 503 };
export const REFUSED = { status: 403 };
export const PAGE_EVENTS = ["visibilitychange", "focus", "online", "pageshow"];
export const FORCED = { forceRefresh: true };

const sessions: RoomTokenSession[] = [];
const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

/** Fake timers at noon and no jitter. After a test its sessions are closed: no timer and no rejection may be left. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOON, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
    useRandom(0);
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.close();
    await settle();
    const timers = vi.getTimerCount();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
    expect(timers).toBe(0);
    expect(unhandled.splice(0)).toEqual([]);
  });
}

/** Lets every random number be this one: 0 is no jitter and the shortest pause. */
export function useRandom(value: number): void {
  vi.spyOn(Math, "random").mockReturnValue(value);
}

export const secsOf = (epochMs: number): number => Math.floor(epochMs / 1000);
export const iso = (secs: number): string => new Date(secs * 1000).toISOString();

/** An unsigned JWT. */
export function jwt(claims: object): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encode({ alg: "none" })}.${encode(claims)}.c2ln`;
}

/** A Response with this JSON. */
export const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers });

/** The part of a Response that a session reads; unlike a real one it needs no timer of its own to be read. */
export function responseOf(status: number, body: unknown, headers: Record<string, string> = {}) {
  return {
    ok: status >= 200 && status <= 299,
    status,
    headers: { get: (name: string) => headers[name] ?? null },
    json: async () => JSON.parse(JSON.stringify(body)),
  };
}

/** What a request is answered with instead of a grant: a value is thrown, a function is called. */
type Outcome = object | (() => unknown);

/** A stand-in for the back end: creates tokens, counts the requests, and fails as it is told. */
export class Server {
  ttlSecs = 600;
  latencyMs = 0;
  /** Whether its tokens are no JWTs. */
  isOpaque = false;
  givesRefreshToken = true;
  /** Whether each refresh brings a new refresh token, and the one before is refused from then on. */
  rotates = false;
  /** The outcomes of the next requests, and of all after them. */
  readonly next: Outcome[] = [];
  always: Outcome | undefined;
  readonly requests: {
    readonly operation: "create" | "refresh";
    /** In milliseconds since noon. */
    readonly at: number;
    readonly refreshToken: string | undefined;
    readonly signal: AbortSignal;
  }[] = [];
  #count = 0;
  #refreshToken = "";

  get count(): number {
    return this.requests.length;
  }

  get times(): number[] {
    return this.requests.map(({ at }) => at);
  }

  /** "crr": a create and two refreshes. */
  get operations(): string {
    return this.requests.map(({ operation }) => operation[0]).join("");
  }

  get nowSecs(): number {
    return secsOf(Date.now());
  }

  token() {
    const iat = this.nowSecs;
    const exp = iat + this.ttlSecs;
    this.#count += 1;
    const token = this.isOpaque ? `opaque-token-${this.#count}` : jwt({ iat, exp, jti: this.#count });
    return { token, tokenExpiresAt: iso(exp) };
  }

  grant() {
    if (!this.givesRefreshToken) return { ...this.token(), refreshToken: undefined };
    this.#refreshToken = `refresh-token-${this.#count + 1}`;
    return { ...this.token(), refreshToken: this.#refreshToken };
  }

  readonly create = ({ signal }: { signal: AbortSignal }): Promise<ReturnType<Server["grant"]>> => {
    this.requests.push({ operation: "create", at: Date.now() - NOON, refreshToken: undefined, signal });
    return this.#answer(() => this.grant());
  };

  readonly refresh = (input: { refreshToken: string; signal: AbortSignal }) => {
    const { refreshToken, signal } = input;
    this.requests.push({ operation: "refresh", at: Date.now() - NOON, refreshToken, signal });
    return this.#answer(() => {
      if (!this.rotates) return this.token();
      if (refreshToken !== this.#refreshToken) throw REFUSED;
      return this.grant();
    });
  };

  async #answer<T>(grant: () => T): Promise<T> {
    const outcome = this.next.shift() ?? this.always;
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    if (outcome === undefined) return grant();
    if (typeof outcome === "function") return (outcome() as T) ?? grant();
    throw outcome;
  }
}

/** An outcome that never comes. */
export const never = (): Promise<never> => new Promise(() => {});

/** Fails in this way until a moment, given in milliseconds since noon. */
export const until = (endsAt: number, failure: object) => () => {
  if (Date.now() - NOON < endsAt) throw failure;
};

/** A session on a server, which uses its `create` and its `refresh`. */
export function open(server: Server, options: Partial<RoomTokenSessionOptions> = {}): RoomTokenSession {
  const session = new RoomTokenSession({ create: server.create, refresh: server.refresh, ...options });
  sessions.push(session);
  return session;
}

/** A session that renews by what one function returns or throws. */
export function openOn(
  create: (input: { signal: AbortSignal }) => unknown,
  options: Partial<RoomTokenSessionOptions> = {},
): RoomTokenSession {
  return open(new Server(), { create: create as () => never, refresh: undefined, ...options });
}

/** A back end that behaves in this way, and a session on it. */
export function setUp(behaviour: Partial<Server> = {}, options: Partial<RoomTokenSessionOptions> = {}) {
  const server = Object.assign(new Server(), behaviour);
  return { server, session: open(server, options) };
}

/** The same, and the session has got its first token at noon. */
export async function setUpReady(behaviour?: Partial<Server>, options?: Partial<RoomTokenSessionOptions>) {
  const { server, session } = setUp(behaviour, options);
  return { server, session, token: await session.getToken() };
}

/** The same, and the session was started at noon. */
export async function setUpStarted(behaviour?: Partial<Server>, options?: Partial<RoomTokenSessionOptions>) {
  const { server, session } = setUp(behaviour, options);
  session.start();
  await settle();
  return { server, session };
}

export const sleep = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

/** Lets promises settle, without time passing. Reading a real Response takes a few turns. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await sleep(0);
};

/** Moves the wall clock alone, as a person or a time server does, and as sleep does where it stops the other one. */
export function stepWallClock(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** What became of a promise, and when, in milliseconds since noon; nothing as long as it is pending. */
export function track<T>(promise: Promise<T>): { value?: T; error?: unknown; settledAt?: number } {
  const state: ReturnType<typeof track<T>> = {};
  promise.then(
    (value) => Object.assign(state, { value, settledAt: Date.now() - NOON }),
    (error) => Object.assign(state, { error, settledAt: Date.now() - NOON }),
  );
  return state;
}

/** The error that a promise rejects with, now. */
export async function rejection(promise: Promise<unknown>): Promise<RoomTokenError> {
  const state = track(promise);
  await settle();
  expect(state.error).toBeInstanceOf(RoomTokenError);
  return state.error as RoomTokenError;
}

/** The error of a session whose `create` returns or throws this. */
export async function errorOf(create: () => unknown): Promise<RoomTokenError> {
  const error = await rejection(openOn(create).getToken());
  expect(error.operation).toBe("create");
  return error;
}

/** The states that a listener is called with. */
export function statesOf(session: RoomTokenSession): string[] {
  const states: string[] = [];
  session.subscribe(({ state }) => states.push(state));
  return states;
}

/** A page whose events a test can send. */
export function stubPage() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("window", window);
  vi.stubGlobal("document", document);
  const targetOf = (name: string) => (name === "visibilitychange" ? document : window);
  return {
    document,
    countListeners: () => PAGE_EVENTS.flatMap((name) => getEventListeners(targetOf(name), name)).length,
    send(name: string, members: object = {}) {
      targetOf(name).dispatchEvent(Object.assign(new Event(name), members));
    },
  };
}
