import {
  badRequest,
  type ErrorItem,
  errorAnswer,
  forbidden,
  jsonAnswer,
  memberError,
  noObject,
  notFound,
  type SandboxAnswer,
  type SandboxRequest,
  unauthorized,
} from "./answers.ts";
import { type BodySchema, type MemberSchema, type OperationId, readBodySchemas } from "./fragment.ts";
import { TokenMint } from "./tokens.ts";

/** Where the API begins, as at Telnyx. */
export const API_PREFIX = "/v2";

const ROUTE = /^\/v2\/rooms\/([^/]+)\/actions\/(generate_join_client_token|refresh_client_token)$/;
const OPERATIONS: Readonly<Record<string, OperationId>> = {
  generate_join_client_token: "CreateRoomClientToken",
  refresh_client_token: "RefreshRoomClientToken",
};

/** `application/json; charset=utf-8`, `application/problem+json` */
const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i;

type Body = Readonly<Record<string, unknown>>;

/** The two endpoints: who may call, what is valid, what is minted. Knows no sockets, no faults and no clock. */
export class TokenApi {
  readonly #apiKey: string;
  readonly #roomIds: ReadonlySet<string>;
  readonly #schemas = readBodySchemas();
  readonly #access = new TokenMint("access");
  readonly #refresh = new TokenMint("refresh");

  constructor(apiKey: string, roomIds: readonly string[]) {
    this.#apiKey = apiKey;
    this.#roomIds = new Set(roomIds.map((roomId) => roomId.toLowerCase()));
  }

  answer(request: SandboxRequest, nowMs: number): SandboxAnswer {
    const [, roomId, action] = ROUTE.exec(request.path) ?? [];
    const operationId = action === undefined ? undefined : OPERATIONS[action];
    if (request.method !== "POST" || roomId === undefined || !operationId) return notFound();
    const isCreate = operationId === "CreateRoomClientToken";
    if (isCreate && request.headers["authorization"] !== `Bearer ${this.#apiKey}`) return unauthorized();
    if (!this.#roomIds.has(roomId.toLowerCase())) return notFound();

    const read = readBody(request);
    if ("refusal" in read) return read.refusal;
    const { body } = read;
    const schema = this.#schemas[operationId];
    const errors = bodyErrors(schema, body);
    if (errors.length > 0) return errorAnswer(422, ...errors);
    return isCreate ? this.#create(roomId, schema, body, nowMs) : this.#renew(roomId, schema, body, nowMs);
  }

  accepts(token: string, roomId: string, nowMs: number): boolean {
    return this.#access.accepts(token, roomId, nowMs);
  }

  revokeRefreshTokens(): void {
    this.#refresh.revokeAll();
  }

  #create(roomId: string, schema: BodySchema, body: Body, nowMs: number): SandboxAnswer {
    const access = this.#access.mint(roomId, ttlOf("token_ttl_secs", schema, body), nowMs);
    const refresh = this.#refresh.mint(roomId, ttlOf("refresh_token_ttl_secs", schema, body), nowMs);
    const data = {
      token: access.token,
      token_expires_at: access.expiresAt,
      refresh_token: refresh.token,
      refresh_token_expires_at: refresh.expiresAt,
    };
    return jsonAnswer(201, { data });
  }

  #renew(roomId: string, schema: BodySchema, body: Body, nowMs: number): SandboxAnswer {
    if (!this.#refresh.accepts(String(body["refresh_token"]), roomId, nowMs)) return forbidden();
    const access = this.#access.mint(roomId, ttlOf("token_ttl_secs", schema, body), nowMs);
    return jsonAnswer(201, { data: { token: access.token, token_expires_at: access.expiresAt } });
  }
}

/**
 * Reads a body as Prism does: what is declared as JSON must be JSON (400), and only an object fits the fragment (422).
 * A body of another type is not read at all.
 */
function readBody(request: SandboxRequest): { body: Body } | { refusal: SandboxAnswer } {
  const isJson = JSON_TYPE.test(request.headers["content-type"] ?? "");
  if (!isJson || request.body === "") return { refusal: noObject() };
  let body: unknown;
  try {
    body = JSON.parse(request.body);
  } catch {
    return { refusal: badRequest("The body is not valid JSON.") };
  }
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  return isObject ? { body: body as Body } : { refusal: noObject() };
}

function bodyErrors(schema: BodySchema, body: Body): ErrorItem[] {
  const missing = (schema.required ?? [])
    .filter((member) => body[member] === undefined)
    .map((member) => memberError("10004", "Missing required parameter", member, `${member} is required.`));
  const wrong = Object.entries(schema.properties).flatMap(([member, rule]) => {
    return body[member] === undefined ? [] : (memberErrors(member, rule, body[member]) ?? []);
  });
  return [...missing, ...wrong];
}

function memberErrors(member: string, rule: MemberSchema, value: unknown): ErrorItem | undefined {
  const fits = rule.type === "integer" ? Number.isInteger(value) : typeof value === rule.type;
  if (!fits) return memberError("10015", "Bad request", member, `${member} must be of type ${rule.type}.`);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = rule;
  if (typeof value !== "number" || (minimum <= value && value <= maximum)) return undefined;
  const detail = `${member} must be between ${minimum} and ${maximum}.`;
  return memberError("10033", "Value outside of range", member, detail);
}

function ttlOf(member: string, schema: BodySchema, body: Body): number {
  const ttlSecs = body[member] ?? schema.properties[member]?.default;
  if (typeof ttlSecs !== "number") throw new Error(`the fragment states no default for ${member}`);
  return ttlSecs;
}
