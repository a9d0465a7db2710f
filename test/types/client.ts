/** Checked by `npm run typecheck`: what the types of the client allow, and what they refuse. Never run. */
import {
  type AttemptEvent,
  type ClientOptions,
  type CreateParams,
  type Fetch,
  type FetchInit,
  type FetchResponse,
  isRoomTokenError,
  type paths,
  type ReadableHeaders,
  type RefreshedRoomToken,
  type RefreshParams,
  type RequestOptions,
  RoomTokenClient,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenErrorInit,
  type RoomTokenGrant,
  type RoomTokenOperation,
  type TelnyxErrorDetail,
} from "../../src/index.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type IsAny<T> = 0 extends 1 & T ? true : false;
function holds<T extends true>(): T | undefined {
  return undefined;
}

declare const client: RoomTokenClient;
declare const roomId: string;

holds<Equal<Awaited<ReturnType<typeof client.create>>, RoomTokenGrant>>();
holds<Equal<Awaited<ReturnType<typeof client.refresh>>, RefreshedRoomToken>>();
holds<Equal<RoomTokenGrant["tokenExpiresAt"], Date>>();
holds<Equal<RoomTokenGrant["refreshToken"], string>>();
holds<Equal<keyof RefreshedRoomToken, "token" | "tokenExpiresAt">>();
holds<Equal<keyof CreateParams, "tokenTtlSecs" | "refreshTokenTtlSecs">>();
holds<Equal<keyof RefreshParams, "refreshToken" | "tokenTtlSecs">>();
holds<Equal<keyof RequestOptions, "signal" | "timeoutMs" | "maxRetries" | "headers">>();
holds<Equal<AttemptEvent["code"], RoomTokenErrorCode | undefined>>();
holds<Equal<IsAny<paths>, false>>();
holds<
  Equal<
    keyof paths,
    "/rooms/{room_id}/actions/generate_join_client_token" | "/rooms/{room_id}/actions/refresh_client_token"
  >
>();

// Every optional member of a public option takes undefined, also under exactOptionalPropertyTypes.
type TakesUndefined<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
holds<Equal<TakesUndefined<ClientOptions>, never>>();
holds<Equal<TakesUndefined<RequestOptions>, never>>();
holds<Equal<TakesUndefined<CreateParams>, never>>();
holds<Equal<TakesUndefined<RefreshParams>, "refreshToken">>();
const allUndefined: ClientOptions = {
  apiKey: undefined,
  baseUrl: undefined,
  timeoutMs: undefined,
  maxRetries: undefined,
  fetch: undefined,
  headers: undefined,
  onAttempt: undefined,
  allowInsecureHttp: undefined,
  dangerouslyAllowBrowser: undefined,
};
new RoomTokenClient(allUndefined);

// The global fetch fits, and so does a stub that knows nothing of it.
new RoomTokenClient({ fetch: globalThis.fetch });
new RoomTokenClient({
  fetch: async () => ({ status: 201, headers: new Map() as never, text: async () => "" }),
});
new RoomTokenClient({ fetch: () => new Response() }); // Hono's app.fetch may answer without a promise
new RoomTokenClient({ apiKey: null });
new RoomTokenClient({ headers: { "x-a": undefined } });
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

// Every type of a public signature can be named.
holds<Equal<NonNullable<ClientOptions["fetch"]>, Fetch>>();
holds<Equal<Parameters<Fetch>[1], FetchInit>>();
holds<Equal<Awaited<ReturnType<Fetch>>, FetchResponse>>();
holds<Equal<FetchResponse["headers"], ReadableHeaders>>();
holds<Equal<NonNullable<RoomTokenError["operation"]>, RoomTokenOperation>>();
holds<Equal<RoomTokenError["errors"], readonly TelnyxErrorDetail[]>>();
holds<Equal<NonNullable<ConstructorParameters<typeof RoomTokenError>[2]>, RoomTokenErrorInit>>();

// The guard narrows, and a switch over the code is exhaustive.
const failure: unknown = new RoomTokenError("timeout", "late");
if (isRoomTokenError(failure)) {
  holds<Equal<typeof failure, RoomTokenError>>();
  holds<Equal<typeof failure.status, number | undefined>>();
  holds<Equal<typeof failure.operation, "create" | "refresh" | undefined>>();
}
// @ts-expect-error not a code
new RoomTokenError("teapot", "short and stout");
