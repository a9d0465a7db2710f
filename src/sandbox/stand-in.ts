import { randomUUID } from "node:crypto";
import { assertArgument } from "../errors/arguments.ts";
import { abortReason } from "../lib/abort.ts";
import { delay } from "../lib/deadline.ts";
import { type Exchange, ExchangeLog, Faults, RateLimit, responseOfFault, summaryOf } from "./controls.ts";
import {
  ADVANCE_MS,
  type CheckedSettings,
  changeSettings,
  DEFAULT_SETTINGS,
  DEFAULTS,
  readFault,
  type SandboxFault,
  type SandboxSettings,
} from "./options.ts";
import { type HttpRequest, type HttpResponse, headersOf, tooManyRequests } from "./responses.ts";
import type { SandboxRequest } from "./sandbox.ts";
import { TokenApi } from "./token-api.ts";

export interface StandInOptions {
  /** @default "KEY_of_the_sandbox" */
  readonly apiKey?: string;
  /** The rooms that exist. @default the room of the quick start */
  readonly roomIds?: readonly [string, ...string[]];
  /** Milliseconds since the epoch. @default Date.now, looked up at each call, so that fake timers are followed */
  readonly now?: () => number;
}

/** Statuses whose responses have no body. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * A stand-in for Telnyx with state, and with controls for what can go wrong. `handle` is synchronous and needs no
 * socket. `fetch` offers the same to code in this process, also in fake time; `SandboxServer` does on a loopback port.
 */
export class StandIn {
  readonly apiKey: string;
  readonly roomIds: readonly [string, ...string[]];
  readonly #now: () => number;
  readonly #api: TokenApi;
  readonly #log = new ExchangeLog();
  readonly #faults = new Faults();
  readonly #rateLimit = new RateLimit();
  #settings = DEFAULT_SETTINGS;
  #advancedMs = 0;

  constructor(options: StandInOptions = {}) {
    this.apiKey = options.apiKey ?? DEFAULTS.apiKey;
    this.roomIds = options.roomIds ?? [DEFAULTS.roomId];
    this.#now = options.now ?? (() => Date.now());
    this.#api = new TokenApi(this.apiKey, this.roomIds);
  }

  /** The first of the rooms. */
  get roomId(): string {
    return this.roomIds[0];
  }

  get settings(): CheckedSettings {
    return this.#settings;
  }

  get requests(): readonly SandboxRequest[] {
    return this.#log.latest.map(summaryOf);
  }

  /** The same requests as a whole, with their secrets. */
  get exchanges(): readonly Exchange[] {
    return this.#log.latest;
  }

  /** How many requests there were since the start or the last `reset()`. */
  get requestCount(): number {
    return this.#log.count;
  }

  set(settings: SandboxSettings): void {
    this.#settings = changeSettings(this.#settings, settings);
  }

  failNext(fault: SandboxFault = {}): void {
    this.#faults.plan(readFault(fault));
  }

  advance(ms: number): void {
    assertArgument("ms", ms, ADVANCE_MS);
    this.#advancedMs += ms;
  }

  revokeRefreshTokens(): void {
    this.#api.revokeRefreshTokens();
  }

  /** Whether the room would accept this token now, in the sandbox's time. */
  accepts(token: string, roomId: string = this.roomId): boolean {
    return this.#api.accepts(token, roomId, this.#clock());
  }

  reset(): void {
    this.#settings = DEFAULT_SETTINGS;
    this.#advancedMs = 0;
    this.#faults.clear();
    this.#log.clear();
    this.#rateLimit.clear();
    this.#api.revokeAll();
  }

  /** The `Date` header of a response, in the sandbox's time. */
  dateHeader(): string {
    return new Date(this.#clock()).toUTCString();
  }

  /** Returns the response to a request; undefined if the connection is to be cut. */
  handle(request: HttpRequest): HttpResponse | undefined {
    const response = this.#respond(request);
    this.#log.add({ ...request, atMs: this.#now(), response });
    return response;
  }

  /** `handle` in the shape of `fetch`, with the latency of the settings on the timers of this process. */
  readonly fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const signal = init.signal ?? undefined;
    const { latencyMs } = this.#settings;
    if (latencyMs > 0) await delay(latencyMs, signal);
    if (signal?.aborted) throw abortReason(signal);
    const response = this.handle({
      method: init.method ?? "GET",
      path: new URL(url).pathname,
      headers: headersOf(init.headers),
      body: String(init.body ?? ""),
    });
    if (!response)
      throw new TypeError("fetch failed", { cause: new Error("the sandbox cut the connection") });
    const { status, headers, body } = response;
    return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
  };

  #clock(): number {
    return this.#now() + this.#advancedMs;
  }

  #respond(request: HttpRequest): HttpResponse | undefined {
    const { dropConnections, requestsPerMinute } = this.#settings;
    if (dropConnections) return undefined;
    const { isExceeded, headers } = this.#rateLimit.take(requestsPerMinute, this.#clock());
    const fault = this.#faults.take();
    const response =
      fault === undefined ? this.#regularResponse(request, isExceeded) : responseOfFault(fault);
    const common = { date: this.dateHeader(), "x-request-id": randomUUID(), ...headers };
    return response && { ...response, headers: { ...common, ...response.headers } };
  }

  #regularResponse(request: HttpRequest, isExceeded: boolean): HttpResponse {
    return isExceeded ? tooManyRequests() : this.#api.respond(request, this.#clock());
  }
}
