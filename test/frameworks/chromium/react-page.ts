/** A page that shows what the hook gives, in StrictMode. */
import { createElement, StrictMode, version } from "react";
import { createRoot } from "react-dom/client";
import { useRoomToken } from "../react/use-room-token.ts";

function Room({ roomId }: { readonly roomId: string }) {
  const { state, token } = useRoomToken(roomId);
  return createElement("p", null, createElement("b", null, state), createElement("i", null, token));
}

const root = createRoot(document.body.appendChild(document.createElement("main")));
const roomId = new URLSearchParams(location.search).get("room") ?? "";
root.render(createElement(StrictMode, null, createElement(Room, { roomId })));

Object.assign(globalThis, { reactVersion: version, unmount: () => root.unmount() });
