import type { StandIn } from "../../src/sandbox/stand-in.ts";

/** The body of any response, with the members of all of them. */
interface ResponseBody {
  readonly data: {
    readonly token: string;
    readonly token_expires_at: string;
    readonly refresh_token: string;
    readonly refresh_token_expires_at: string;
  };
  readonly errors: readonly { readonly code: string; readonly source?: { readonly pointer: string } }[];
  /** Of a 403, which is one error without the envelope. */
  readonly code: string;
}

export const OTHER_ROOM = "11111111-2222-4333-8444-555555555555";

type Call = { readonly body?: unknown; readonly headers?: Record<string, string>; readonly roomId?: string };

/** POSTs to one of the two operations through `StandIn.fetch`: no socket, no client of ours. */
async function call(standIn: StandIn, action: string, { body = {}, headers, roomId = standIn.roomId }: Call) {
  const response = await standIn.fetch(`http://telnyx.test/v2/rooms/${roomId}/actions/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, ...((await response.json()) as ResponseBody) };
}

export function create(standIn: StandIn, options: Call = {}) {
  const headers = { authorization: `Bearer ${standIn.apiKey}`, ...options.headers };
  return call(standIn, "generate_join_client_token", { ...options, headers });
}

export function refresh(standIn: StandIn, refreshToken: string, options: Call = {}) {
  return call(standIn, "refresh_client_token", { body: { refresh_token: refreshToken }, ...options });
}
