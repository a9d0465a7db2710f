import { RoomTokenSession } from "telnyx-room-tokens/session";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** A session of 10 s tokens, whose back end can be down, and the requests that it made. */
export class TestSession {
  isDown = false;
  requests = 0;
  readonly session: RoomTokenSession = new RoomTokenSession({
    create: async () => {
      this.requests += 1;
      if (this.isDown) throw { status: 503 };
      return { token: `token ${this.requests}`, tokenExpiresAt: new Date(Date.now() + 10_000) };
    },
  });
}

/** Fakes what a session goes by, and nothing that a framework goes by. */
export function useFakeTime(): void {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
  afterEach(() => void vi.useRealTimers());
}

/**
 * The test of a component that shows the state of a session.
 *
 * @param mount Mounts it into an element, and returns the function that unmounts it.
 */
export function testComponent(
  mount: (session: RoomTokenSession, target: HTMLElement) => () => unknown,
): void {
  test("a component shows each change, and unmounted leaves no timer and requests nothing", async () => {
    const given = new TestSession();
    const target = document.createElement("div");
    const unmount = mount(given.session, target);
    expect(target.textContent).toBe("idle");
    const shows = async (state: string, afterMs: number) => {
      await vi.advanceTimersByTimeAsync(afterMs);
      expect(target.textContent).toBe(state);
    };
    await shows("ready", 0);
    given.isDown = true;
    await shows("degraded", 7_000);
    await shows("failed", 10_000);
    await unmount();
    expect(vi.getTimerCount()).toBe(0);
    const { requests } = given;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(given.requests).toBe(requests);
  });
}
