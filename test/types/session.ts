import type { Room } from "@telnyx/video";
import { expectTypeOf } from "vitest";
import type {
  AttachableRoom,
  RefreshedRoomToken,
  RoomTokenError,
  RoomTokenGrant,
  RoomTokenSession,
  RoomTokenSessionEvents,
  RoomTokenSessionOptions,
  RoomTokenSessionState,
} from "../../src/session/index.ts";

declare const grant: RoomTokenGrant;
declare const refreshed: RefreshedRoomToken;

/** For the compiler, which `npm run typecheck` asks; nothing here ever runs. */
export function compiles(
  session: RoomTokenSession,
  room: Room,
  bare: { updateClientToken(token: string): void },
) {
  expectTypeOf<Room>().not.toBeAny();
  expectTypeOf<Room>().toExtend<AttachableRoom>();
  expectTypeOf(session.attach(room)).toEqualTypeOf<() => void>();
  // @ts-expect-error a thing without on and getState is no room
  session.attach(bare);

  expectTypeOf(session.getToken()).toEqualTypeOf<Promise<string>>();
  session.getToken({ minValidityMs: undefined, forceRefresh: undefined, signal: undefined });
  // @ts-expect-error an unknown option
  session.getToken({ minValidity: 5 });

  expectTypeOf(session.state).toEqualTypeOf<RoomTokenSessionState>();
  expectTypeOf(session.tokenValidForMs).toEqualTypeOf<number>();
  expectTypeOf(session.tokenExpiresAt).toEqualTypeOf<Date | undefined>();
  expectTypeOf(session.refreshTokenExpiresAt).toEqualTypeOf<Date | undefined>();
  expectTypeOf(session.grant).toExtend<RoomTokenGrant | undefined>();
  // @ts-expect-error the state is the session's own
  session.state = "ready";

  session.on("token", (event) =>
    expectTypeOf(event).toEqualTypeOf<{
      readonly token: string;
      readonly tokenExpiresAt: Date;
      readonly validForMs: number;
    }>(),
  );
  session.on("error", ({ error, retryInMs }) => {
    expectTypeOf(error).toEqualTypeOf<RoomTokenError>();
    expectTypeOf(retryInMs).toEqualTypeOf<number | undefined>();
  });
  session.on("expiring", ({ at }) => expectTypeOf(at).toEqualTypeOf<Date>());
  session.on("state", ({ previous }) => expectTypeOf(previous).toEqualTypeOf<RoomTokenSessionState>());
  expectTypeOf<keyof RoomTokenSessionEvents>().toEqualTypeOf<"token" | "error" | "expiring" | "state">();
  // @ts-expect-error an unknown event
  session.on("refresh", () => {});

  const telnyx = {
    token: "t",
    token_expires_at: "2026",
    refresh_token: "r",
    refresh_token_expires_at: "2026",
  };
  const json = { token: "t", tokenExpiresAt: "2026", refreshToken: "r", refreshTokenExpiresAt: "2026" };
  const options: RoomTokenSessionOptions[] = [
    { create: async ({ signal }) => (signal.aborted ? grant : json) },
    { grant, refresh: async ({ refreshToken }) => (refreshToken ? refreshed : json) },
    { grant: json, create: async () => grant, tokenTtlSecs: 600, timeoutMs: 1 },
    { grant: session.grant, create: async () => grant },
    { create: ({ signal }) => fetch("/rooms/1/token", { method: "POST", signal }) },
    { create: () => grant, refresh: () => refreshed },
    { create: () => ({ data: telnyx }), refresh: async () => ({ data: telnyx }) },
    { grant: { data: telnyx }, refresh: () => fetch("/rooms/1/token/refresh") },
    { grant: telnyx, refresh: async () => ({ status: 200, data: json }) },
    {
      grant: undefined,
      create: undefined,
      refresh: undefined,
      timeoutMs: undefined,
      tokenTtlSecs: undefined,
    },
  ];
  // @ts-expect-error a grant is no promise
  options.push({ grant: Promise.resolve(grant), create: () => grant });
  // @ts-expect-error a create gives a refresh token too
  options.push({ create: async () => refreshed });
  // @ts-expect-error a session has no API key
  options.push({ grant, apiKey: "x" });
  // @ts-expect-error a session knows no room
  options.push({ grant, roomId: "x" });
}
