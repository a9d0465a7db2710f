/** A page that shows what the hook gives, in StrictMode. */
import { createElement, StrictMode, useMemo, version } from "react";
import { createRoot } from "react-dom/client";
import { RoomTokenSession } from "telnyx-room-tokens/session";
import { useRoomToken } from "../react/use-room-token.ts";

const newSession = (roomId: string) =>
  new RoomTokenSession({
    create: ({ signal }) => fetch(`/rooms/${roomId}/token`, { method: "POST", signal }),
  });

function Room({ roomId }: { readonly roomId: string }) {
  const session = useMemo(() => newSession(roomId), [roomId]);
  const { state, token } = useRoomToken(session);
  return createElement("p", null, createElement("b", null, state), createElement("i", null, token));
}

const root = createRoot(document.body.appendChild(document.createElement("main")));
const roomId = new URLSearchParams(location.search).get("room") ?? "";
root.render(createElement(StrictMode, null, createElement(Room, { roomId })));

Object.assign(globalThis, { reactVersion: version, unmount: () => root.unmount() });
