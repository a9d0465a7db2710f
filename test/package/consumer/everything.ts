/** Uses everything that the package exports, as strictly as a user may. */
import {
  type AttemptEvent,
  type ClientOptions,
  type CreateParams,
  isRoomTokenError,
  type paths,
  type RefreshedRoomToken,
  type RefreshParams,
  type RequestOptions,
  RoomTokenClient,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenGrant,
} from "telnyx-room-tokens";
import {
  type AttachableRoom,
  type GetTokenOptions,
  isRoomTokenError as isSessionError,
  RoomTokenSession,
  type RoomTokenSessionEvents,
  type RoomTokenSessionOptions,
  type RoomTokenSessionState,
  type SavedRoomTokenGrant,
} from "telnyx-room-tokens/session";

const onAttempt = (event: AttemptEvent): string =>
  `${event.operation} ${event.attempt} ${event.code ?? "ok"}`;
const options: ClientOptions = {
  apiKey: async () => "KEY",
  fetch,
  headers: { "x-team": "video" },
  onAttempt,
};
const roomTokens = new RoomTokenClient(options);

export async function mint(roomId: string, params?: CreateParams): Promise<RoomTokenGrant> {
  const perCall: RequestOptions = { signal: new AbortController().signal, timeoutMs: undefined };
  return roomTokens.create(roomId, params, perCall);
}

export async function renew(roomId: string, params: RefreshParams): Promise<RefreshedRoomToken | undefined> {
  try {
    return await roomTokens.refresh(roomId, params);
  } catch (error) {
    if (isRoomTokenError(error) && wording(error.code) === "gone") return undefined;
    throw error;
  }
}

function wording(code: RoomTokenErrorCode): "gone" | "other" {
  switch (code) {
    case "forbidden":
    case "not_found":
      return "gone";
    default:
      return "other";
  }
}

export type CreateBody =
  paths["/rooms/{room_id}/actions/generate_join_client_token"]["post"]["requestBody"]["content"]["application/json"];
export const body: CreateBody = { token_ttl_secs: 600 };
// @ts-expect-error: no such member in the fragment
export const wrongBody: CreateBody = { token_ttl: 600 };

export function keep(grant: RoomTokenGrant | SavedRoomTokenGrant, room: AttachableRoom): () => void {
  const settings: RoomTokenSessionOptions = { grant, create: ({ signal }) => fetchGrant(signal) };
  const session = new RoomTokenSession(settings);
  session.on("state", ({ state }: RoomTokenSessionEvents["state"]) => show(state));
  session.on("error", ({ error }) => isSessionError(error) && error instanceof RoomTokenError);
  // @ts-expect-error: no such event
  session.on("tokens", () => {});
  const wish: GetTokenOptions = { minValidityMs: 30_000 };
  session.getToken(wish).then(
    (token: string) => token,
    () => session.close(),
  );
  return session.attach(room);
}

async function fetchGrant(signal: AbortSignal): Promise<RoomTokenGrant> {
  return mint("0ccc7b54-4df3-4bca-a65a-3da1ecc777f0", { tokenTtlSecs: signal.aborted ? 60 : 600 });
}

function show(state: RoomTokenSessionState): string {
  return state.toUpperCase();
}
