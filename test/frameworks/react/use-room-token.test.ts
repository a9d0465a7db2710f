import { readFileSync } from "node:fs";
import { join } from "node:path";
import { act, createElement, useMemo, version } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import type { RoomTokenSession, RoomTokenSessionSnapshot } from "telnyx-room-tokens/session";
import { afterEach, beforeEach, expect, inject, test, vi } from "vitest";
import type { StandIn } from "../../../src/sandbox/stand-in.ts";
import {
  countListeners,
  inStrictMode,
  newSession,
  OTHER_ROOM_ID,
  Page,
  ROOM_ID,
  type RoomComponent,
  stubBackEnd,
  wait,
} from "./page.ts";
import { useRoomToken } from "./use-room-token.ts";

let backEnd: StandIn;
let rendered: RoomTokenSessionSnapshot & { readonly session: RoomTokenSession };

const Room: RoomComponent = ({ roomId }) => {
  const session = useMemo(() => {
    const made = newSession(roomId);
    vi.spyOn(made, "subscribe");
    return made;
  }, [roomId]);
  rendered = { session, ...useRoomToken(session) };
  return createElement("p", null, rendered.state);
};

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
  vi.spyOn(console, "error").mockImplementation((...words) => expect.unreachable(words.join(" ")));
  backEnd = stubBackEnd();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

test("this is the React that it is said to be", () => {
  expect(version.split(".")[0]).toBe(inject("reactVersion"));
});

test("the hook has at most 12 lines", () => {
  const source = readFileSync(join(import.meta.dirname, "use-room-token.ts"), "utf8");
  const [hook = ""] = /^export function [\s\S]*?^}/m.exec(source) ?? [];
  expect(hook).toContain("useRoomToken");
  expect(hook.split("\n").length).toBeLessThanOrEqual(12);
});

test("in StrictMode one token is created, and shown", async () => {
  const page = new Page();
  const shown = page.show(Room);
  expect(page.text).toBe("");
  await shown;
  await wait(0);
  expect(page.text).toBe("ready");
  expect(backEnd.accepts(rendered.token ?? "")).toBe(true);
  expect(backEnd.requestCount).toBe(1);
  await page.unmount();
});

test("after StrictMode's second mount the token is renewed, hour after hour", async () => {
  const page = new Page();
  await page.show(Room);
  const tokens = new Set([rendered.token]);
  for (let minute = 0; minute < 120; minute++) {
    await wait(60_000);
    tokens.add(rendered.token);
    expect(page.text).toBe("ready");
    expect(backEnd.accepts(rendered.token ?? "")).toBe(true);
  }
  expect(tokens.size).toBe(backEnd.requestCount);
  expect(tokens.size).toBeGreaterThan(12);
  await page.unmount();
});

test("a failure and its end are shown", async () => {
  const page = new Page();
  backEnd.failNext({ status: 403 });
  await page.show(Room);
  expect(page.text).toBe("failed");
  expect(rendered.token).toBeUndefined();
  await wait(60_000);
  expect(page.text).toBe("ready");
  await page.unmount();
});

test("a Try again button recovers within a second", async () => {
  const page = new Page();
  backEnd.set({ dropConnections: true });
  await page.show(Room);
  await wait(120_000);
  expect(page.text).toBe("failed");
  expect(rendered.retryAt).toBeGreaterThan(Date.now());
  backEnd.set({ dropConnections: false });
  rendered.session.getToken({ forceRefresh: true });
  await wait(1000);
  expect(page.text).toBe("ready");
  await page.unmount();
});

test("unmounted it leaves no timer and no listener, and requests nothing any more", async () => {
  const listeners = countListeners();
  const timers = vi.getTimerCount();
  const before = listeners();
  const page = new Page();
  await page.show(Room);
  await wait(0);
  expect(vi.getTimerCount()).toBeGreaterThan(timers);
  expect(listeners()).toMatchObject({ visibilitychange: 1, focus: 1, pageshow: 1, online: 1 });
  await page.unmount();
  expect(vi.getTimerCount()).toBe(timers);
  const { selectionchange: _, ...left } = listeners(); // React's own
  expect(left).toEqual(before);
  await wait(3_600_000);
  expect(backEnd.requestCount).toBe(1);
});

test("unmounted while its first token is under way, it is clean once the response is there", async () => {
  const timers = vi.getTimerCount();
  backEnd.set({ latencyMs: 500 });
  const page = new Page();
  await page.show(Room);
  expect(page.text).toBe("idle");
  await page.unmount();
  await wait(1_000);
  expect(vi.getTimerCount()).toBe(timers);
  await wait(3_600_000);
  expect(backEnd.requestCount).toBe(1);
});

test("another room gets a session of its own, and the one before renews no more", async () => {
  const page = new Page();
  await page.show(Room);
  const { session, token } = rendered;
  await page.show(Room, OTHER_ROOM_ID);
  await wait(0);
  expect(rendered.session).not.toBe(session);
  expect(backEnd.accepts(rendered.token ?? "", OTHER_ROOM_ID)).toBe(true);
  await wait(3_000_000);
  expect(session.grant?.token).toBe(token);
  const rooms = backEnd.requests.map(({ roomId }) => roomId === OTHER_ROOM_ID);
  expect(rooms.filter((isOther) => !isOther)).toHaveLength(1);
  await page.unmount();
});

test("rendered again it keeps its session and its listeners", async () => {
  const page = new Page();
  await page.show(Room);
  const { session } = rendered;
  const calls = vi.mocked(session.subscribe).mock.calls.length;
  for (let i = 0; i < 5; i++) await page.show(Room);
  expect(rendered.session).toBe(session);
  expect(session.subscribe).toHaveBeenCalledTimes(calls);
  await page.unmount();
});

test("on a server it renders as idle and requests nothing; the page hydrates that without a complaint", async () => {
  const html = renderToString(inStrictMode(Room, ROOM_ID));
  expect(html).toBe("<p>idle</p>");
  expect(backEnd.requestCount).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  const container = document.body.appendChild(document.createElement("div"));
  container.innerHTML = html;
  const onRecoverableError = vi.fn();
  const root = await act(async () =>
    hydrateRoot(container, inStrictMode(Room, ROOM_ID), { onRecoverableError }),
  );
  await wait(0);
  expect(container.textContent).toBe("ready");
  expect(onRecoverableError).not.toHaveBeenCalled();
  expect(backEnd.requestCount).toBe(1);
  await act(async () => root.unmount());
});
