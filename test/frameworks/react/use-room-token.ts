import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { RoomTokenSession } from "telnyx-room-tokens/session";

const newSession = (roomId: string) =>
  new RoomTokenSession({
    create: ({ signal }) => fetch(`/rooms/${roomId}/token`, { method: "POST", signal }),
  });

export function useRoomToken(roomId: string) {
  const session = useMemo(() => newSession(roomId), [roomId]);
  useEffect(() => {
    session.start();
    return () => session.stop(); // not close(), which is final: StrictMode mounts twice
  }, [session]);
  const onState = useCallback((changed: () => void) => session.on("state", changed), [session]);
  const onToken = useCallback((changed: () => void) => session.on("token", changed), [session]);
  const getState = () => session.state;
  const getToken = () => session.grant?.token;
  const state = useSyncExternalStore(onState, getState, getState);
  const token = useSyncExternalStore(onToken, getToken, getToken);
  return { session, state, token };
}
