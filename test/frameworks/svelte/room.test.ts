import { flushSync, mount, unmount } from "svelte";
import { VERSION } from "svelte/compiler";
import { get } from "svelte/store";
import { expect, test } from "vitest";
import { TestSession, testComponent, useFakeTime } from "../components.ts";
import Room from "./Room.svelte";

useFakeTime();

test("this is Svelte 5", () => {
  expect(VERSION).toMatch(/^5\./);
});

testComponent((session, target) => {
  const component = mount(Room, { target, props: { session } });
  flushSync();
  return () => unmount(component);
});

test("a session is a store by Svelte's contract", async () => {
  const { session } = new TestSession();
  expect(get(session).state).toBe("idle");
  const token = await session.getToken();
  expect(get(session)).toBe(session.getSnapshot());
  expect(get(session).token).toBe(token);
});
