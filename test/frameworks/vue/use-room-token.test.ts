import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp, createSSRApp, defineComponent, h, isReactive, reactive, ref, version } from "vue";
import { renderToString } from "vue/server-renderer";
import { TestSession } from "../session.ts";
import { useRoomToken } from "./use-room-token.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** An app that shows the state and the token. */
const roomOf = ({ session }: TestSession) =>
  defineComponent(() => {
    const snapshot = useRoomToken(session);
    return () => h("p", `${snapshot.value.state} ${snapshot.value.token ?? ""}`.trim());
  });

test("this is Vue 3, and the binding has at most 12 lines", () => {
  expect(version).toMatch(/^3\./);
  const source = readFileSync(join(import.meta.dirname, "use-room-token.ts"), "utf8");
  expect(source.trim().split("\n").length).toBeLessThanOrEqual(12);
});

test("a component shows each change, and unmounted leaves no timer and requests nothing", async () => {
  const given = new TestSession();
  const app = createApp(roomOf(given));
  const place = document.createElement("div");
  app.mount(place);
  expect(place.textContent).toBe("idle");
  await wait(0);
  expect(place.textContent).toBe("ready token 1");
  await wait(5000);
  expect(place.textContent).toBe("ready token 2");
  given.isDown = true;
  await wait(5000);
  expect(place.textContent).toBe("degraded token 2");
  await wait(10_000);
  expect(place.textContent).toBe("failed");
  app.unmount();
  expect(vi.getTimerCount()).toBe(0);
  const { requests } = given;
  await wait(600_000);
  expect(given.requests).toBe(requests);
});

test("on a server it renders as idle and requests nothing; the page hydrates that without a complaint", async () => {
  const warn = vi.spyOn(console, "warn");
  const given = new TestSession();
  const html = await renderToString(createSSRApp(roomOf(given)));
  expect(html).toBe("<p>idle</p>");
  expect(given.requests).toBe(0);
  const place = document.createElement("div");
  place.innerHTML = html;
  const app = createSSRApp(roomOf(given));
  app.mount(place);
  await wait(0);
  expect(place.textContent).toBe("ready token 1");
  expect(warn).not.toHaveBeenCalled();
  app.unmount();
});

test("a session in ref() or reactive() works as it is", async () => {
  const { session } = new TestSession();
  const state = reactive({ session });
  expect(isReactive(state.session)).toBe(false);
  expect(await state.session.getToken()).toBe("token 1");
  expect(ref(session).value.getSnapshot().state).toBe("ready");
  session.close();
});
