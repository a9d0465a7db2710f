import type { RoomTokenSession } from "telnyx-room-tokens/session";
import { expect, test, vi } from "vitest";
import { createApp, createSSRApp, defineComponent, h, isReactive, reactive, ref, version } from "vue";
import { renderToString } from "vue/server-renderer";
import { TestSession, testComponent, useFakeTime } from "../components.ts";
import { useRoomToken } from "./use-room-token.ts";

useFakeTime();

const roomOf = (session: RoomTokenSession) =>
  defineComponent(() => {
    const snapshot = useRoomToken(session);
    return () => h("p", snapshot.value.state);
  });

test("this is Vue 3", () => {
  expect(version).toMatch(/^3\./);
});

testComponent((session, target) => {
  const app = createApp(roomOf(session));
  app.mount(target);
  return () => app.unmount();
});

test("on a server it renders as idle and requests nothing; the page hydrates that without a complaint", async () => {
  const warn = vi.spyOn(console, "warn");
  const given = new TestSession();
  const html = await renderToString(createSSRApp(roomOf(given.session)));
  expect(html).toBe("<p>idle</p>");
  expect(given.requests).toBe(0);
  const place = document.createElement("div");
  place.innerHTML = html;
  const app = createSSRApp(roomOf(given.session));
  app.mount(place);
  await vi.advanceTimersByTimeAsync(0);
  expect(place.textContent).toBe("ready");
  expect(warn).not.toHaveBeenCalled();
  app.unmount();
});

test("a session in ref() or reactive() works as it is", async () => {
  const { session } = new TestSession();
  const state = reactive({ session });
  expect(isReactive(state.session)).toBe(false);
  expect(await state.session.getToken()).toBe("token 1");
  expect(ref(session).value.getSnapshot().state).toBe("ready");
});
