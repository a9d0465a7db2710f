import type { RoomTokenErrorCode } from "./room-token-error.ts";

const CODES: Readonly<Record<number, RoomTokenErrorCode>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  422: "unprocessable",
  429: "rate_limited",
};

/** The code of an error response. */
export function codeOfStatus(status: number): RoomTokenErrorCode {
  if (isRedirect(status)) return "redirect_refused";
  return CODES[status] ?? (status >= 500 ? "server_error" : "unexpected_status");
}

/** Whether a repetition may help: overload and failures of the server, but not 501, "not implemented". */
export function isRetryableStatus(status: number): boolean {
  return [408, 425, 429].includes(status) || (status >= 500 && status !== 501);
}

/** Whether a response is a redirect that was not followed. A browser hides it: "opaqueredirect", with status 0. */
export function isRedirect(status: number, type?: unknown): boolean {
  return (status >= 300 && status <= 399) || type === "opaqueredirect";
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}
