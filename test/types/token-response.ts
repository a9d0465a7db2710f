/** Checked by `npm run typecheck`: what the types of a back end's response allow, and what they refuse. Never run. */
import {
  createTokenResponse,
  type RoomTokenClient,
  type RoomTokenError,
  type TokenResponse,
  type TokenResponseOptions,
} from "../../src/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<T extends true>(): T | undefined {
  return undefined;
}

declare const client: RoomTokenClient;
declare const request: Request;

holds<Equal<Awaited<ReturnType<typeof createTokenResponse>>, TokenResponse>>();
holds<Equal<TokenResponse["status"], 201 | 400 | 403 | 404 | 429 | 502 | 504>>(); // Hono takes no mere number
holds<Equal<TokenResponse["error"], RoomTokenError | undefined>>();
holds<Equal<keyof TokenResponseOptions, "tokenTtlSecs" | "refreshTokenTtlSecs" | "requestBody" | "signal">>();

// Every option takes undefined, also under exactOptionalPropertyTypes.
type TakesUndefined<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
holds<Equal<TakesUndefined<TokenResponseOptions>, never>>();

// The route's parameter may be missing; the body may be anything.
const roomId: string | undefined = undefined;
createTokenResponse(client, roomId, { requestBody: request, signal: request.signal, tokenTtlSecs: 60 });
createTokenResponse(client, "", { requestBody: request.json() }).then(({ status, headers, body }) =>
  Response.json(body, { status, headers }),
);
// A stand-in has both methods.
createTokenResponse({ create: client.create, refresh: client.refresh }, "");

// @ts-expect-error: the options of a call of the client are not for a page
createTokenResponse(client, "", { maxRetries: 2 });
// @ts-expect-error: a number is no room id
createTokenResponse(client, 5);
// @ts-expect-error: a stand-in needs both methods
createTokenResponse({ create: client.create }, "");
