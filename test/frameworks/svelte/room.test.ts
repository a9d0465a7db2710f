import { flushSync, mount, unmount } from "svelte";
import { VERSION } from "svelte/compiler";
import { get } from "svelte/store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TestSession } from "../session.ts";
import Room from "./Room.svelte";
import source from "./Room.svelte?raw";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("this is Svelte 5, and the component has at most 12 lines", () => {
  expect(VERSION).toMatch(/^5\./);
  expect(source.trim().split("\n").length).toBeLessThanOrEqual(12);
});

test("a component shows each change, and unmounted leaves no timer and requests nothing", async () => {
  const given = new TestSession();
  const target = document.createElement("div");
  const component = mount(Room, { target, props: { session: given.session } });
  flushSync();
  expect(target.textContent).toBe("idle");
  await wait(0);
  expect(target.textContent).toBe("ready");
  given.isDown = true;
  await wait(7000);
  expect(target.textContent).toBe("degraded");
  await wait(10_000);
  expect(target.textContent).toBe("failed");
  await unmount(component);
  expect(vi.getTimerCount()).toBe(0);
  const { requests } = given;
  await wait(600_000);
  expect(given.requests).toBe(requests);
});

test("a session is a store by Svelte's contract", async () => {
  const { session } = new TestSession();
  expect(get(session).state).toBe("idle");
  const token = await session.getToken();
  expect(get(session)).toBe(session.getSnapshot());
  expect(get(session).token).toBe(token);
});
