/** A page of React, in StrictMode: it mounts, unmounts and mounts each component again. */
import { initialize } from "@telnyx/video";
import { createElement, StrictMode, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { RoomTokenSession } from "../../src/session/index.ts";
import { useRoom } from "./use-room.ts";

function RoomPage({ roomId }: { roomId: string }) {
  const session = useMemo(() => new RoomTokenSession({ endpoint: `/rooms/${roomId}/token` }), [roomId]);
  return useRoom(session, (clientToken) => initialize({ roomId, clientToken })).status;
}

const root = createRoot(document.getElementById("root") ?? document.body);
const page = createElement(RoomPage, { roomId: document.body.dataset["roomId"] ?? "" });
root.render(createElement(StrictMode, null, page));

declare global {
  interface Window {
    unmount: () => void;
  }
}
window.unmount = () => root.unmount();
