import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { abortReason, onAbort } from "../../src/lib/abort.ts";
import { delay, withDeadline } from "../../src/lib/deadline.ts";
import { unhandledIn } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const never = () => new Promise<never>(() => {});
const late = new Error("too late");
const tooLate = vi.fn(() => Promise.reject(late));
const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

test("work that ends in time gives its value; no timer, no listener is left, and no error was made", async () => {
  const { signal } = new AbortController();
  expect(await withDeadline(async () => 7, 1000, signal, tooLate)).toBe(7);
  expect(vi.getTimerCount()).toBe(0);
  expect(listeners(signal)).toBe(0);
  expect(tooLate).not.toHaveBeenCalled();
});

const failure = new Error("its own");
const deaf = Object.assign(new AbortController().signal, {
  addEventListener() {
    throw failure;
  },
});

test.each([
  ["work that fails", () => withDeadline(() => Promise.reject(failure), 1000, undefined, tooLate)],
  ["a signal that cannot be listened to", () => withDeadline(never, 1000, deaf, tooLate)],
])("%s rejects with its own failure and leaves no timer", async (_, run) => {
  await expect(run()).rejects.toBe(failure);
  expect(vi.getTimerCount()).toBe(0);
});

test("work that ignores its signal is still given up when the time is over", async () => {
  const work = vi.fn((_: AbortSignal) => never());
  const outcome = withDeadline(work, 1000, undefined, tooLate).catch((reason) => reason);
  const [signal] = work.mock.calls[0] ?? [];
  await vi.advanceTimersByTimeAsync(999);
  expect(signal?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toBe(late);
  expect(signal?.aborted).toBe(true);
});

test("work that fails after it was given up is no unhandled rejection", async () => {
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(failure)));
  const unhandled = await unhandledIn(async () => {
    const outcome = withDeadline(work, 1000, undefined, tooLate).catch((reason) => reason);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toBe(late);
  });
  expect(unhandled).toEqual([]);
});

test("an abort ends the waiting at once with its reason itself, and before the start there is no work", async () => {
  const caller = new AbortController();
  const outcome = withDeadline(never, 1000, caller.signal, tooLate).catch((thrown) => ({ thrown }));
  caller.abort(null);
  expect(await outcome).toEqual({ thrown: null });
  expect(vi.getTimerCount()).toBe(0);
  expect(listeners(caller.signal)).toBe(0);
  const work = vi.fn(never);
  await expect(withDeadline(work, 1000, caller.signal, tooLate)).rejects.toBe(null);
  expect(work).not.toHaveBeenCalled();
});

test("a caller who gives up while the work is being started gets the reason at once", async () => {
  const caller = new AbortController();
  const work = () => {
    caller.abort("mine");
    return never();
  };
  await expect(withDeadline(work, 1000, caller.signal, tooLate)).rejects.toBe("mine");
  expect(vi.getTimerCount()).toBe(0);
});

test("a delay ends after its time, not before, or at once when the caller gives up", async () => {
  const over = vi.fn();
  const caller = new AbortController();
  const whole = delay(500, caller.signal).then(over);
  await vi.advanceTimersByTimeAsync(499);
  expect(over).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  await whole;
  expect(listeners(caller.signal)).toBe(0);
  const cut = delay(500, caller.signal);
  caller.abort();
  await cut;
  expect(vi.getTimerCount()).toBe(0);
  expect(listeners(caller.signal)).toBe(0);
});

test("many who wait on one signal share one listener, which goes with the last of them", () => {
  const { signal } = new AbortController();
  const [first, ...others] = Array.from({ length: 1000 }, () => onAbort(signal, () => {}));
  expect(listeners(signal)).toBe(1);
  for (const leave of [...others, ...others]) leave(); // leaving twice takes nobody else along
  expect(listeners(signal)).toBe(1);
  first?.();
  expect(listeners(signal)).toBe(0);
});

test("an abort calls all who wait, also where one of them makes another leave", () => {
  const caller = new AbortController();
  const called: string[] = [];
  onAbort(caller.signal, () => {
    called.push("first");
    leaveSecond();
  });
  const leaveSecond = onAbort(caller.signal, () => {});
  onAbort(caller.signal, () => called.push("third"));
  caller.abort();
  expect(called).toEqual(["first", "third"]);
});

test("an aborted signal that has no reason gives an AbortError, also without DOMException", () => {
  vi.stubGlobal("DOMException", undefined);
  const reason = abortReason({ aborted: true } as AbortSignal);
  expect(reason).toBeInstanceOf(Error);
  expect(reason).toMatchObject({ name: "AbortError", message: "This operation was aborted" });
});
