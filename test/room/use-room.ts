import { useEffect, useState } from "react";
import {
  type RoomTokenSession,
  type StayInRoomStatus,
  stayInRoom,
  type VideoRoom,
} from "telnyx-room-tokens/session";

type Open = (clientToken: string) => Promise<VideoRoom>;

export function useRoom(session: RoomTokenSession, open: Open) {
  const [room, setRoom] = useState<{ status: StayInRoomStatus; cause?: unknown }>({ status: "connecting" });
  useEffect(
    () => stayInRoom(session, open, { onStatus: (status, cause) => setRoom({ status, cause }) }),
    [session],
  ); // the cleanup leaves
  return room;
}
