"use client";

import { useMemo } from "react";
import { RoomTokenSession } from "telnyx-room-tokens/session";
import { useRoomToken } from "./use-room-token.js";

export function Room({ roomId }) {
  const session = useMemo(() => new RoomTokenSession({ endpoint: `/rooms/${roomId}/token` }), [roomId]);
  const { state, token } = useRoomToken(session);
  return (
    <p>
      <b>{state}</b> <i>{token ?? "no token"}</i>
    </p>
  );
}
