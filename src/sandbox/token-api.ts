import { LIMITS } from "../../generated/limits.ts";
import type { paths } from "../../generated/rooms-client-tokens.ts";
import type { RoomTokenOperation } from "../errors/room-token-error.ts";
import { isObject } from "../lib/values.ts";
import {
  badRequest,
  type ErrorItem,
  errorResponse,
  forbidden,
  type HttpRequest,
  type HttpResponse,
  jsonResponse,
  memberError,
  notAnObject,
  notFound,
  unauthorized,
} from "./responses.ts";
import { TokenIssuer } from "./tokens.ts";

/** Where the API begins, as at Telnyx. */
export const API_PREFIX = "/v2";

const OPERATIONS: Readonly<Record<keyof paths, RoomTokenOperation>> = {
  "/rooms/{room_id}/actions/generate_join_client_token": "create",
  "/rooms/{room_id}/actions/refresh_client_token": "refresh",
};
const ROOM_PATH = /^\/v2\/rooms\/([0-9a-f-]{36})(\/.*)$/i;

const NO_SUCH_PATH =
  "There is no such path: the base URL ends in /v2, a room id is a UUID, and both operations are a POST.";

/** `application/json; charset=utf-8`, `application/problem+json` */
const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i;

type Body = Readonly<Record<string, unknown>>;

/** What the fragment says of one member of a request body. */
interface MemberLimits {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly required: boolean;
}

type Limits = Readonly<Record<string, MemberLimits>>;

/** What a request is for. */
export interface Target {
  readonly operation: RoomTokenOperation;
  readonly roomId: string;
}

/** The operation and the room that a request names; undefined if there is no such path. */
export function targetOf({ method, path }: HttpRequest): Target | undefined {
  const [, roomId = "", rest] = ROOM_PATH.exec(path) ?? [];
  const operation = OPERATIONS[`/rooms/{room_id}${rest}` as keyof paths] as RoomTokenOperation | undefined;
  return method === "POST" && operation !== undefined ? { operation, roomId } : undefined;
}

/** The two operations: who may call, what is valid, which tokens are issued. It has no socket, no fault and no clock. */
export class TokenApi {
  readonly #apiKey: string;
  readonly #roomIds: ReadonlySet<string>;
  readonly #tokens = new TokenIssuer("access");
  readonly #refreshTokens = new TokenIssuer("refresh");

  constructor(apiKey: string, roomIds: readonly string[]) {
    this.#apiKey = apiKey;
    this.#roomIds = new Set(roomIds.map((roomId) => roomId.toLowerCase()));
  }

  respond(request: HttpRequest, nowMs: number): HttpResponse {
    const target = targetOf(request);
    if (target === undefined) return notFound(NO_SUCH_PATH);
    const { operation, roomId } = target;
    const isAuthorized = request.headers["authorization"] === `Bearer ${this.#apiKey}`;
    if (operation === "create" && !isAuthorized) return unauthorized();
    if (!this.#roomIds.has(roomId.toLowerCase())) return notFound("There is no such room.");

    const { body, error } = readBody(request);
    if (body === undefined) return error;
    const limits: Limits = LIMITS[operation];
    const errors = bodyErrors(limits, body);
    if (errors.length > 0) return errorResponse(422, ...errors);
    const completed = { ...defaultsOf(limits), ...body };
    return operation === "create"
      ? this.#create(roomId, completed, nowMs)
      : this.#refresh(roomId, completed, nowMs);
  }

  /** Whether the room would accept this token at `nowMs`. */
  accepts(token: string, roomId: string, nowMs: number): boolean {
    return this.#tokens.accepts(token, roomId, nowMs);
  }

  revokeRefreshTokens(): void {
    this.#refreshTokens.revokeAll();
  }

  revokeAll(): void {
    this.#tokens.revokeAll();
    this.#refreshTokens.revokeAll();
  }

  #create(roomId: string, body: Body, nowMs: number): HttpResponse {
    const token = this.#tokens.issue(roomId, Number(body["token_ttl_secs"]), nowMs);
    const refreshToken = this.#refreshTokens.issue(roomId, Number(body["refresh_token_ttl_secs"]), nowMs);
    const data = {
      token: token.token,
      token_expires_at: token.expiresAt,
      refresh_token: refreshToken.token,
      refresh_token_expires_at: refreshToken.expiresAt,
    };
    return jsonResponse(201, { data });
  }

  #refresh(roomId: string, body: Body, nowMs: number): HttpResponse {
    if (!this.#refreshTokens.accepts(String(body["refresh_token"]), roomId, nowMs))
      return forbidden("The refresh token has expired, was revoked, or belongs to another room.");
    const { token, expiresAt } = this.#tokens.issue(roomId, Number(body["token_ttl_secs"]), nowMs);
    return jsonResponse(201, { data: { token, token_expires_at: expiresAt } });
  }
}

type BodyOrError =
  | { readonly body: Body; readonly error?: never }
  | { readonly body?: never; readonly error: HttpResponse };

/**
 * Reads a body as Prism does: what is declared as JSON must be JSON (400), and only an object fits the fragment (422).
 * A body of another type is not read at all.
 */
function readBody(request: HttpRequest): BodyOrError {
  const isJson = JSON_TYPE.test(request.headers["content-type"] ?? "");
  if (!isJson || request.body === "") return { error: notAnObject() };
  let body: unknown;
  try {
    body = JSON.parse(request.body);
  } catch {
    return { error: badRequest("The body is not valid JSON.") };
  }
  return isObject(body) && !Array.isArray(body) ? { body } : { error: notAnObject() };
}

function bodyErrors(limits: Limits, body: Body): ErrorItem[] {
  return Object.entries(limits).flatMap(([member, limit]) => memberErrors(member, limit, body[member]));
}

function memberErrors(member: string, limit: MemberLimits, value: unknown): ErrorItem[] {
  if (value === undefined && !limit.required) return [];
  if (value === undefined)
    return [memberError("10004", "Missing required parameter", member, `${member} is required.`)];
  const hasType = limit.type === "integer" ? Number.isInteger(value) : typeof value === limit.type;
  if (!hasType)
    return [memberError("10015", "Bad request", member, `${member} must be of type ${limit.type}.`)];
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = limit;
  if (typeof value !== "number" || (minimum <= value && value <= maximum)) return [];
  const detail = `${member} must be between ${minimum} and ${maximum}.`;
  return [memberError("10033", "Value outside of range", member, detail)];
}

function defaultsOf(limits: Limits): Body {
  return Object.fromEntries(Object.entries(limits).map(([member, limit]) => [member, limit.default]));
}
