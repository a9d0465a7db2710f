/** Uses everything that the package exports, as strictly as a user may. */
import {
  type AttemptEvent,
  type ClientOptions,
  type CreateParams,
  createTokenResponse,
  isRoomTokenError,
  type paths,
  type RefreshedRoomToken,
  type RefreshParams,
  type RequestOptions,
  RoomTokenClient,
  RoomTokenError,
  type RoomTokenErrorCode,
  type RoomTokenGrant,
  type TokenResponse,
  type TokenResponseOptions,
} from "telnyx-room-tokens";
import {
  type Sandbox,
  type SandboxFault,
  type SandboxSettings,
  startSandbox,
} from "telnyx-room-tokens/sandbox";
import {
  type GetTokenOptions,
  type GrantInput,
  isRoomTokenError as isSessionError,
  type RenewalResult,
  RoomTokenSession,
  type RoomTokenSessionOptions,
  type RoomTokenSessionSnapshot,
  type RoomTokenSessionState,
  type SavedRoomTokenGrant,
  type StayInRoomOptions,
  type StayInRoomStatus,
  stayInRoom,
  type VideoRoom,
} from "telnyx-room-tokens/session";

const onAttempt = ({ operation, attempt, code }: AttemptEvent) => `${operation} ${attempt} ${code ?? "ok"}`;
const clientOptions: ClientOptions = {
  apiKey: async () => "KEY",
  fetch,
  headers: { "x-team": "video" },
  onAttempt,
};
const roomTokens = new RoomTokenClient(clientOptions);

export async function create(roomId: string, params?: CreateParams): Promise<RoomTokenGrant> {
  const perCall: RequestOptions = { signal: new AbortController().signal, timeoutMs: undefined };
  return roomTokens.create(roomId, params, perCall);
}

export async function refresh(
  roomId: string,
  params: RefreshParams,
): Promise<RefreshedRoomToken | undefined> {
  try {
    return await roomTokens.refresh(roomId, params);
  } catch (error) {
    const gone: RoomTokenErrorCode[] = ["forbidden", "not_found"];
    if (isRoomTokenError(error) && gone.includes(error.code)) return undefined;
    throw error;
  }
}

export function respond(roomId: string | undefined, requestBody: unknown): Promise<TokenResponse> {
  const options: TokenResponseOptions = { requestBody, tokenTtlSecs: 60, signal: undefined };
  return createTokenResponse(roomTokens, roomId, options);
}

type CreatePath = "/rooms/{room_id}/actions/generate_join_client_token";
type CreateBody = paths[CreatePath]["post"]["requestBody"]["content"]["application/json"];
export const body: CreateBody = { token_ttl_secs: 600 };
// @ts-expect-error: no such member in the fragment
export const wrongBody: CreateBody = { token_ttl: 600 };

export function keep(grant: RoomTokenGrant | SavedRoomTokenGrant, room: VideoRoom): () => void {
  const given: GrantInput = grant;
  const renew = async (): Promise<RenewalResult> => create("0ccc7b54-4df3-4bca-a65a-3da1ecc777f0");
  const settings: RoomTokenSessionOptions = {
    grant: given,
    create: ({ signal }) => (signal.aborted ? grant : renew()),
  };
  const session = new RoomTokenSession(settings);
  const show = (state: RoomTokenSessionState | StayInRoomStatus) => state.toUpperCase();
  session.subscribe(({ state, error }: RoomTokenSessionSnapshot) => {
    if (isSessionError(error) && error instanceof RoomTokenError) show(state);
  });
  // @ts-expect-error: there are no events
  session.on("token", () => {});
  const wish: GetTokenOptions = { minValidityMs: 30_000 };
  session.getToken(wish).then((token: string) => token);
  const options: StayInRoomOptions = { onStatus: (status, cause) => (cause ? "" : show(status)) };
  return stayInRoom(session, async () => room, options);
}

export const page = (roomId: string): RoomTokenSession =>
  new RoomTokenSession({ endpoint: `/rooms/${roomId}/token`, onAttempt });

export async function rehearse(fault: SandboxFault, settings: SandboxSettings): Promise<string | undefined> {
  const sandbox: Sandbox = await startSandbox({ port: undefined });
  sandbox.failNext(fault);
  sandbox.set(settings);
  // @ts-expect-error: there is no host option
  await startSandbox({ host: "::" });
  const [request] = sandbox.requests;
  await sandbox.close();
  return request?.operation === "create" ? request.requestId : undefined;
}
