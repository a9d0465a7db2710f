import { randomBytes, randomUUID } from "node:crypto";
import { delay } from "../../src/lib/deadline.ts";
import {
  answerForStatus,
  type SandboxAnswer,
  type SandboxRequest,
  tooManyRequests,
  unavailable,
} from "./answers.ts";
import { API_PREFIX, TokenApi } from "./api.ts";
import {
  DEFAULT_SETTINGS,
  type PlannedFailure,
  RateLimit,
  RequestLog,
  type SandboxSettings,
  type SeenRequest,
} from "./controls.ts";

const DEFAULT_ROOM_ID = "5f0c2a9e-7b1d-4c3e-9a64-2d8e1b7f3c05";

export interface SandboxOptions {
  /** @default a random one */
  readonly apiKey?: string;
  /** The rooms that exist. @default one */
  readonly roomIds?: readonly [string, ...string[]];
  /** Milliseconds since the epoch. @default Date.now, looked up at each call, so fake timers are followed */
  readonly now?: () => number;
  /** What differs from the default settings, also after `reset()`. */
  readonly settings?: Partial<SandboxSettings>;
}

/**
 * A stand-in for Telnyx with state and with controls for what can go wrong.
 *
 * `handle` is synchronous and knows no sockets; `fetch` offers it to tests in fake time, and `startSandbox`
 * on a loopback port.
 */
export class Sandbox {
  readonly apiKey: string;
  readonly roomIds: readonly [string, ...string[]];
  readonly #now: () => number;
  readonly #api: TokenApi;
  readonly #initial: SandboxSettings;
  readonly #log = new RequestLog();
  readonly #rateLimit = new RateLimit();
  #settings: SandboxSettings;
  #failures: { left: number; plan: PlannedFailure }[] = [];

  constructor(options: SandboxOptions = {}) {
    this.apiKey = options.apiKey ?? `KEY_sandbox_${randomBytes(16).toString("hex")}`;
    this.roomIds = options.roomIds ?? [DEFAULT_ROOM_ID];
    this.#now = options.now ?? (() => Date.now());
    this.#api = new TokenApi(this.apiKey, this.roomIds);
    this.#initial = { ...DEFAULT_SETTINGS, ...options.settings };
    this.#settings = this.#initial;
  }

  /** The first of the rooms. */
  get roomId(): string {
    return this.roomIds[0];
  }

  get settings(): SandboxSettings {
    return this.#settings;
  }

  /** The latest requests to the API, at most 1,000, oldest first; without preflights. */
  get requests(): readonly SeenRequest[] {
    return this.#log.entries;
  }

  /** How many requests there were since the start or the last `reset()`. */
  get requestCount(): number {
    return this.#log.count;
  }

  /** Changes the settings that are given. */
  set(settings: Partial<SandboxSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  /** Plans a failure for the next requests, after those already planned. */
  failNext(plan: PlannedFailure = {}): void {
    this.#failures.push({ left: plan.count ?? 1, plan });
  }

  /** Every refresh token minted so far gets a 403 from now on; tokens live on. */
  revokeRefreshTokens(): void {
    this.#api.revokeRefreshTokens();
  }

  /** Whether the room would let this token in now, by the server's clock. */
  accepts(token: string, roomId: string = this.roomId): boolean {
    return this.#api.accepts(token, roomId, this.#serverNow());
  }

  /** Back to the settings of the start, no planned failure, an empty log, a full budget. Tokens keep their state. */
  reset(): void {
    this.#settings = this.#initial;
    this.#failures = [];
    this.#log.clear();
    this.#rateLimit.clear();
  }

  /** Answers a request at once; `undefined` means: cut the connection. */
  handle(request: SandboxRequest): SandboxAnswer | undefined {
    if (this.#isPreflight(request)) return this.#preflightAnswer();
    const answer = this.#answer(request);
    this.#log.add({ ...request, atMs: this.#now(), ...(answer && { status: answer.status }) });
    return answer;
  }

  /** `handle` in the shape of `fetch`, with the latency of the settings on the timers of this process. */
  readonly fetch = async (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    const signal = init.signal ?? undefined;
    const { latencyMs } = this.#settings;
    if (latencyMs > 0) await delay(latencyMs, signal);
    signal?.throwIfAborted();
    const answer = this.handle({
      method: init.method ?? "GET",
      path: new URL(url).pathname,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: String(init.body ?? ""),
    });
    if (!answer) throw new TypeError("fetch failed", { cause: new Error("the sandbox cut the connection") });
    return new Response(answer.body || null, { status: answer.status, headers: answer.headers });
  };

  #serverNow(): number {
    return this.#now() + this.#settings.clockOffsetMs;
  }

  #answer(request: SandboxRequest): SandboxAnswer | undefined {
    if (this.#settings.outage === "drop") return undefined;
    const { refused, headers } = this.#rateLimit.take(this.#settings.requestsPerMinute, this.#now());
    const answer = this.#fault(refused) ?? this.#api.answer(request, this.#serverNow());
    return answer === "cut" ? undefined : this.#finish(answer, headers);
  }

  #fault(refused: boolean): SandboxAnswer | "cut" | undefined {
    if (this.#settings.outage === "unavailable") return unavailable();
    const next = this.#failures[0];
    if (!next) return refused ? tooManyRequests() : undefined;
    next.left -= 1;
    if (next.left <= 0) this.#failures.shift();
    return next.plan.drop ? "cut" : plannedAnswer(next.plan);
  }

  #finish(answer: SandboxAnswer, rateLimit: Record<string, string>): SandboxAnswer {
    const headers = {
      date: new Date(this.#serverNow()).toUTCString(),
      "x-request-id": randomUUID(),
      ...rateLimit,
      ...this.#corsHeaders(),
      ...answer.headers,
    };
    return { ...answer, headers };
  }

  #isPreflight({ method, headers }: SandboxRequest): boolean {
    const { cors, outage } = this.#settings;
    return cors && outage !== "drop" && method === "OPTIONS" && "access-control-request-method" in headers;
  }

  #preflightAnswer(): SandboxAnswer {
    const allow = {
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "authorization, content-type",
    };
    return { status: 204, headers: { ...this.#corsHeaders(), ...allow }, body: "" };
  }

  #corsHeaders(): Record<string, string> {
    const { cors, exposedHeaders } = this.#settings;
    if (!cors) return {};
    const exposed = exposedHeaders.join(", ");
    return {
      "access-control-allow-origin": "*",
      ...(exposed && { "access-control-expose-headers": exposed }),
    };
  }
}

function plannedAnswer({ status = 500, headers, body }: PlannedFailure): SandboxAnswer {
  const usual = answerForStatus(status);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: { ...usual.headers, ...headers }, body: text ?? usual.body };
}

/** Where the API of a sandbox at `origin` begins: the `baseUrl` of a client. */
export function baseUrlOf(origin: string): string {
  return `${origin}${API_PREFIX}`;
}
