import { useEffect, useSyncExternalStore } from "react";
import type { RoomTokenSession } from "telnyx-room-tokens/session";

export function useRoomToken(session: RoomTokenSession) {
  useEffect(() => {
    session.start();
    return () => session.stop(); // not close(), which is final: StrictMode mounts twice
  }, [session]);
  return useSyncExternalStore(session.subscribe, session.getSnapshot, session.getSnapshot);
}
