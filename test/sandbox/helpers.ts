import type { Sandbox } from "./index.ts";

/** The body of any answer of the sandbox, with the members of all of them. */
export interface SandboxBody {
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

type Call = { readonly body?: unknown; readonly headers?: Record<string, string>; readonly roomId?: string };

/** POSTs to one of the two operations through `Sandbox.fetch`: no socket, no client of ours. */
async function call(sandbox: Sandbox, action: string, { body = {}, headers, roomId = sandbox.roomId }: Call) {
  const response = await sandbox.fetch(`http://sandbox.test/v2/rooms/${roomId}/actions/${action}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, ...((await response.json()) as SandboxBody) };
}

export function create(sandbox: Sandbox, options: Call = {}) {
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, ...options.headers };
  return call(sandbox, "generate_join_client_token", { ...options, headers });
}

export function refresh(sandbox: Sandbox, refreshToken: string, options: Call = {}) {
  return call(sandbox, "refresh_client_token", { body: { refresh_token: refreshToken }, ...options });
}
