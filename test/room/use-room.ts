import { useEffect, useState } from "react";
import {
  type RoomTokenSession,
  type StayInRoomStatus,
  stayInRoom,
  type VideoRoom,
} from "telnyx-room-tokens/session";

type Open = (clientToken: string) => Promise<VideoRoom>;

export function useRoom(session: RoomTokenSession, open: Open): StayInRoomStatus {
  const [status, setStatus] = useState<StayInRoomStatus>("connecting");
  useEffect(() => stayInRoom(session, open, { onStatus: setStatus }), [session]); // the cleanup leaves
  return status;
}
