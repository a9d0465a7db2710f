import { useEffect, useMemo } from "react";
import { type RoomTokenSession, stayInRoom } from "telnyx-room-tokens/session";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StandIn } from "../../../src/sandbox/stand-in.ts";
import { newSession, Page, type RoomComponent, stubBackEnd } from "./page.ts";

let backEnd: StandIn;

/** React 18 also lets the error out as an event of the window, which jsdom would print. */
const quiet = (event: ErrorEvent) => event.preventDefault();

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  backEnd = stubBackEnd();
  window.addEventListener("error", quiet);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  window.removeEventListener("error", quiet);
});

const USES: Record<string, (session: RoomTokenSession) => void> = {
  "start()": (session) => session.start(),
  "stayInRoom(session, open)": (session) => void stayInRoom(session, () => new Promise(() => {})),
};

test.each(Object.keys(USES))(
  "useMemo and a cleanup with close() fail loudly in StrictMode: %s throws session_closed",
  async (name) => {
    vi.spyOn(console, "error").mockImplementation(() => {}); // React's words about it
    const Careless: RoomComponent = ({ roomId }) => {
      const session = useMemo(() => newSession(roomId), [roomId]);
      useEffect(() => {
        USES[name]?.(session);
        return () => session.close();
      }, [session]);
      return null;
    };
    const page = new Page();
    await expect(page.show(Careless)).rejects.toMatchObject({ code: "session_closed" });
    expect(backEnd.requestCount).toBeLessThanOrEqual(1);
  },
);
