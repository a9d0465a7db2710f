/** Checked by `npm run typecheck`: what the types of the client allow, and what they refuse. Never run. */
import { expectTypeOf } from "vitest";
import {
  createTokenResponse,
  isRoomTokenError,
  RoomTokenClient,
  RoomTokenError,
  type RoomTokenGrant,
  type TokenResponse,
} from "../../src/index.ts";

declare const client: RoomTokenClient;
declare const roomId: string;
declare const request: Request;

expectTypeOf(client.create(roomId)).resolves.toEqualTypeOf<RoomTokenGrant>();
expectTypeOf<RoomTokenGrant["tokenExpiresAt"]>().toEqualTypeOf<Date>();

// The global fetch fits, and so does a stub that knows nothing of it.
new RoomTokenClient({ fetch: globalThis.fetch });
new RoomTokenClient({
  fetch: async () => ({ status: 201, headers: new Map() as never, text: async () => "" }),
});
new RoomTokenClient({ fetch: () => new Response() }); // Hono's app.fetch may answer without a promise
new RoomTokenClient({ apiKey: null, headers: { "x-a": undefined } });
new RoomTokenClient({ apiKey: async () => "key" });

// @ts-expect-error an option that does not exist
new RoomTokenClient({ timeout: 5 });
// @ts-expect-error a TTL is a number
client.create(roomId, { tokenTtlSecs: "600" });
// @ts-expect-error Telnyx's own spelling is not ours
client.create(roomId, { token_ttl_secs: 600 });
// @ts-expect-error a refresh needs its refresh token
client.refresh(roomId, {});
// @ts-expect-error a refresh cannot give out a refresh token
(await client.refresh(roomId, { refreshToken: "r" })).refreshToken;
// @ts-expect-error a room id is needed
client.create();
// @ts-expect-error a grant is read-only
(await client.create(roomId)).token = "mine";

// The guard narrows, and only a code is a code.
declare const failure: unknown;
if (isRoomTokenError(failure)) {
  expectTypeOf(failure).toEqualTypeOf<RoomTokenError>();
  expectTypeOf(failure.operation).toEqualTypeOf<"create" | "refresh" | undefined>();
}
// @ts-expect-error not a code
new RoomTokenError("teapot", "short and stout");

// Of a back end's response: Hono takes no mere number; the route's parameter may be missing, the body may be anything.
expectTypeOf<TokenResponse["status"]>().toEqualTypeOf<201 | 400 | 403 | 404 | 429 | 502 | 504>();
createTokenResponse(client, undefined as string | undefined, {
  requestBody: request,
  signal: request.signal,
});
createTokenResponse(client, "", { requestBody: request.json() }).then(({ status, headers, body }) =>
  Response.json(body, { status, headers }),
);
createTokenResponse({ create: client.create, refresh: client.refresh }, "");
// @ts-expect-error: the options of a call of the client are not for a page
createTokenResponse(client, "", { maxRetries: 2 });
// @ts-expect-error: a number is no room id
createTokenResponse(client, 5);
// @ts-expect-error: a stand-in needs both methods
createTokenResponse({ create: client.create }, "");
