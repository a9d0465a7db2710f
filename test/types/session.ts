/** Checked by `npm run typecheck`: what the types of the session allow, and what they refuse. Never run. */
import type { Room } from "@telnyx/video";
import { expectTypeOf } from "vitest";
import type { RefreshedRoomToken, RoomTokenGrant } from "../../src/index.ts";
import {
  type RoomTokenError,
  type RoomTokenSession,
  type RoomTokenSessionOptions,
  type RoomTokenSessionState,
  type SavedRoomTokenGrant,
  type StayInRoomStatus,
  stayInRoom,
  type VideoRoom,
} from "../../src/session/index.ts";

declare const grant: RoomTokenGrant;
declare const refreshed: RefreshedRoomToken;
declare const session: RoomTokenSession;
declare const room: Room;
declare const bare: { updateClientToken(token: string): void };

expectTypeOf<Room>().not.toBeAny();
expectTypeOf<Room>().toExtend<VideoRoom>();
const onStatus = (status: StayInRoomStatus, cause: unknown) => [status, cause];
expectTypeOf(stayInRoom(session, async () => room, { onStatus })).toEqualTypeOf<() => void>();
stayInRoom(session, () => room);
stayInRoom(session, async () => room, { onStatus: (status: string) => status });
// @ts-expect-error a thing without on and getState is no room
stayInRoom(session, async () => bare);
// @ts-expect-error an unknown option
stayInRoom(session, async () => room, { onstatus: onStatus });

expectTypeOf(session.getToken()).toEqualTypeOf<Promise<string>>();
// @ts-expect-error an unknown option
session.getToken({ minValidity: 5 });
expectTypeOf(session.grant).toEqualTypeOf<SavedRoomTokenGrant | undefined>();
// @ts-expect-error the grant is the session's own
session.grant = grant;

const { subscribe, getSnapshot } = session;
expectTypeOf(subscribe((snapshot) => snapshot.state)).toEqualTypeOf<() => void>();
subscribe(async () => {});
expectTypeOf(getSnapshot()).toEqualTypeOf<{
  readonly state: RoomTokenSessionState;
  readonly token: string | undefined;
  readonly error: RoomTokenError | undefined;
  readonly retryAt: number | undefined;
}>();
// @ts-expect-error a snapshot is frozen
getSnapshot().state = "ready";

const telnyx = { token: "t", token_expires_at: "2026", refresh_token: "r", refresh_token_expires_at: "2026" };
const json = { token: "t", tokenExpiresAt: "2026", refreshToken: "r", refreshTokenExpiresAt: "2026" };
/** As HTTP libraries declare it: what the caller says that it is. */
declare function anyJson<T = unknown>(): Promise<T>;

const options: RoomTokenSessionOptions[] = [
  {
    endpoint: "/rooms/1/token",
    timeoutMs: 1,
    onAttempt: ({ operation, code }) => operation + (code ?? "ok"),
  },
  { create: async ({ signal }) => (signal.aborted ? grant : json) },
  { grant, refresh: async ({ refreshToken }) => (refreshToken ? refreshed : json) },
  { grant: session.grant, create: async () => refreshed },
  { create: ({ signal }) => fetch("/rooms/1/token", { method: "POST", signal }) },
  { create: () => grant, refresh: () => refreshed },
  { create: () => ({ data: telnyx }), refresh: async () => ({ data: telnyx }) },
  { grant: { data: telnyx }, refresh: () => fetch("/rooms/1/token/refresh") },
  { grant: telnyx, refresh: async () => ({ status: 200, data: { data: json } }) },
  { create: async () => ({ error: {}, response: new Response() }) },
  { create: () => anyJson() },
  { create: () => ({ token: "a JWT that has exp" }) },
];
// @ts-expect-error a grant is no promise
options.push({ grant: Promise.resolve(grant), create: () => grant });
// @ts-expect-error a number is no token
options.push({ create: async () => ({ token: 5 }) });
// @ts-expect-error a session has no API key
options.push({ grant, apiKey: "x" });
// @ts-expect-error a session knows no room
options.push({ grant, roomId: "x" });
