import { act, createElement, type FunctionComponent, StrictMode, useEffect, useMemo, version } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { RoomTokenSession, type RoomTokenSessionSnapshot } from "telnyx-room-tokens/session";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import { StandIn } from "../../../src/sandbox/stand-in.ts";
import { useFakeTime } from "../components.ts";
import { useRoomToken } from "./use-room-token.ts";

const ROOM_IDS = ["5f0c2a9e-7b1d-4c3e-9a64-2d8e1b7f3c05", "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0"] as const;
const [ROOM_ID, OTHER_ROOM_ID] = ROOM_IDS;

type RoomComponent = FunctionComponent<{ readonly roomId: string }>;

let telnyx: StandIn;
let rendered: RoomTokenSessionSnapshot & { readonly session: RoomTokenSession };

/** A session whose back end passes on what Telnyx responds. */
function newSession(roomId: string): RoomTokenSession {
  const url = `http://telnyx.test/v2/rooms/${roomId}/actions/generate_join_client_token`;
  const headers = { authorization: `Bearer ${telnyx.apiKey}`, "content-type": "application/json" };
  const create = ({ signal }: { signal: AbortSignal }) =>
    telnyx.fetch(url, { method: "POST", headers, body: "{}", signal });
  return new RoomTokenSession({ create });
}

const Room: RoomComponent = ({ roomId }) => {
  const session = useMemo(() => {
    const made = newSession(roomId);
    vi.spyOn(made, "subscribe");
    return made;
  }, [roomId]);
  rendered = { session, ...useRoomToken(session) };
  return createElement("p", null, rendered.state);
};

const inStrictMode = (component: RoomComponent, roomId: string) =>
  createElement(StrictMode, null, createElement(component, { roomId }));

/** A place in the document for a component in StrictMode, which mounts it twice. */
function newPage() {
  const container = document.body.appendChild(document.createElement("div"));
  const root = createRoot(container);
  return {
    container,
    show: (component: RoomComponent, roomId: string = ROOM_ID) =>
      act(async () => root.render(inStrictMode(component, roomId))),
    unmount: () => act(async () => root.unmount()),
  };
}

/** Lets time go by. */
const wait = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));

useFakeTime();

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.spyOn(console, "error").mockImplementation((...words) => expect.unreachable(words.join(" ")));
  telnyx = new StandIn({ roomIds: ROOM_IDS });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

test("this is the React that it is said to be", () => {
  expect(version.split(".")[0]).toBe(inject("reactVersion"));
});

test("in StrictMode one token is created and shown, and after the second mount it is renewed", async () => {
  const { container, show, unmount } = newPage();
  await show(Room);
  await wait(0);
  for (const requests of [1, 2]) {
    expect(container.textContent).toBe("ready");
    expect(telnyx.accepts(rendered.token ?? "")).toBe(true);
    expect(telnyx.requestCount).toBe(requests);
    await wait(600_000);
  }
  await unmount();
});

test("a failure and its end are shown", async () => {
  telnyx.failNext({ status: 403 });
  const { container, show, unmount } = newPage();
  await show(Room);
  await wait(0);
  expect(container.textContent).toBe("failed");
  expect(rendered.token).toBeUndefined();
  await wait(60_000);
  expect(container.textContent).toBe("ready");
  await unmount();
});

/** How many listeners there are, of those that are added from now on, for the events that a session goes by. */
function countListeners(): () => number {
  const spies = (method: "addEventListener" | "removeEventListener") =>
    [document, window].map((target) => vi.spyOn(target, method));
  const added = spies("addEventListener");
  const removed = spies("removeEventListener");
  const countOf = (all: typeof added) =>
    all
      .flatMap(({ mock }) => mock.calls.map(([name]) => String(name)))
      .filter((name) => ["visibilitychange", "focus", "pageshow", "online"].includes(name)).length;
  return () => countOf(added) - countOf(removed);
}

test.each([
  ["ready", 0],
  ["idle", 500],
])(
  "unmounted while it is %s it leaves no timer and no listener, and requests nothing",
  async (state, latencyMs) => {
    const listeners = countListeners();
    const timers = vi.getTimerCount();
    telnyx.set({ latencyMs });
    const { container, show, unmount } = newPage();
    await show(Room);
    await wait(0);
    expect(container.textContent).toBe(state);
    expect(listeners()).toBe(4);
    await unmount();
    await wait(latencyMs);
    expect(vi.getTimerCount()).toBe(timers);
    expect(listeners()).toBe(0);
    await wait(3_600_000);
    expect(telnyx.requestCount).toBe(1);
  },
);

test("rendered again it keeps its session and its listeners; another room gets a session of its own", async () => {
  const { show, unmount } = newPage();
  await show(Room);
  await wait(0);
  const { session, token } = rendered;
  const calls = vi.mocked(session.subscribe).mock.calls.length;
  for (let i = 0; i < 5; i++) await show(Room);
  expect(rendered.session).toBe(session);
  expect(session.subscribe).toHaveBeenCalledTimes(calls);

  await show(Room, OTHER_ROOM_ID);
  await wait(0);
  expect(rendered.session).not.toBe(session);
  expect(telnyx.accepts(rendered.token ?? "", OTHER_ROOM_ID)).toBe(true);
  await wait(600_000);
  expect(session.grant?.token).toBe(token); // the one before renews no more
  const rooms = [ROOM_ID, OTHER_ROOM_ID, OTHER_ROOM_ID];
  expect(telnyx.requests.map(({ roomId }) => roomId)).toEqual(rooms);
  await unmount();
});

test("on a server it renders as idle and requests nothing; the page hydrates that without a complaint", async () => {
  const html = renderToString(inStrictMode(Room, ROOM_ID));
  expect(html).toBe("<p>idle</p>");
  expect(telnyx.requestCount).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  const container = document.body.appendChild(document.createElement("div"));
  container.innerHTML = html;
  const onRecoverableError = vi.fn();
  const options = { onRecoverableError };
  const root = await act(async () => hydrateRoot(container, inStrictMode(Room, ROOM_ID), options));
  await wait(0);
  expect(container.textContent).toBe("ready");
  expect(onRecoverableError).not.toHaveBeenCalled();
  expect(telnyx.requestCount).toBe(1);
  await act(async () => root.unmount());
});

test("useMemo and a clean-up with close() fail loudly in StrictMode: start() throws session_closed", async () => {
  vi.mocked(console.error).mockImplementation(() => {}); // React's words about it
  // React 18 also lets the error out as an event of the window, which jsdom would print.
  window.addEventListener("error", (event) => event.preventDefault(), { once: true });
  const Careless: RoomComponent = ({ roomId }) => {
    const session = useMemo(() => newSession(roomId), [roomId]);
    useEffect(() => {
      session.start();
      return () => session.close();
    }, [session]);
    return null;
  };
  await expect(newPage().show(Careless)).rejects.toMatchObject({ code: "session_closed" });
});
