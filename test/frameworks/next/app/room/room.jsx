"use client";

import { useRoomToken } from "./use-room-token.js";

export function Room({ roomId }) {
  const { state, token } = useRoomToken(roomId);
  return (
    <p>
      <b>{state}</b> <i>{token ?? "no token"}</i>
    </p>
  );
}
