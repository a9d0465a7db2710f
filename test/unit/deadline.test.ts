import { getEventListeners } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { abortReason, onAbort } from "../../src/lib/abort.ts";
import { delay, withDeadline } from "../../src/lib/deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => {});

const late = new Error("too late");
const tooLate = () => Promise.reject(late);

test("work that ends in time gives its value and leaves no timer and no listener", async () => {
  const caller = new AbortController();
  expect(await withDeadline(async () => 7, 1000, caller.signal, tooLate)).toBe(7);
  expect(vi.getTimerCount()).toBe(0);
  expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
});

test("work that fails rejects with its own failure and leaves no timer", async () => {
  const failure = new Error("its own");
  await expect(withDeadline(() => Promise.reject(failure), 1000, undefined, tooLate)).rejects.toBe(failure);
  expect(vi.getTimerCount()).toBe(0);
});

test("work that ignores its signal is still given up when the time is over", async () => {
  let seen: AbortSignal | undefined;
  const work = (signal: AbortSignal) => {
    seen = signal;
    return never();
  };
  const outcome = withDeadline(work, 1000, undefined, tooLate).catch((reason) => reason);
  await vi.advanceTimersByTimeAsync(999);
  expect(seen?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await outcome).toBe(late);
  expect(seen?.aborted).toBe(true);
});

test("a signal that cannot be listened to is a rejection, and leaves no timer behind", async () => {
  const failure = new Error("its own");
  const listen = () => {
    throw failure;
  };
  const caller = Object.assign(new AbortController().signal, { addEventListener: listen });
  await expect(withDeadline(never, 1000, caller, tooLate)).rejects.toBe(failure);
  expect(vi.getTimerCount()).toBe(0);
});

test("the error of a deadline is made only if the time is over", async () => {
  const makeError = vi.fn(tooLate);
  await withDeadline(async () => 7, 1000, undefined, makeError);
  expect(makeError).not.toHaveBeenCalled();
});

test("work that fails after it was given up is no unhandled rejection", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("late"))));
  const outcome = withDeadline(work, 1000, undefined, tooLate).catch((reason) => reason);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await outcome).toBe(late);
  vi.useRealTimers();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("a caller's abort ends the waiting at once with the reason itself, even a falsy one", async () => {
  for (const reason of [new Error("mine"), "text", null, 0]) {
    const caller = new AbortController();
    const outcome = withDeadline(never, 1000, caller.signal, tooLate).catch((thrown) => ({
      thrown,
    }));
    caller.abort(reason);
    expect(await outcome).toEqual({ thrown: reason });
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(caller.signal, "abort")).toHaveLength(0);
  }
});

test("an already aborted caller starts no work", async () => {
  const work = vi.fn(never);
  await expect(withDeadline(work, 1000, AbortSignal.abort("early"), tooLate)).rejects.toBe("early");
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
  let over = false;
  const whole = delay(500, undefined).then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(499);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await whole;
  const caller = new AbortController();
  const cut = delay(500, caller.signal);
  caller.abort();
  await cut;
  expect(vi.getTimerCount()).toBe(0);
});

test("many who wait on one signal share one listener, which goes with the last of them", async () => {
  const { signal } = new AbortController();
  const leave = Array.from({ length: 1000 }, () => onAbort(signal, () => {}));
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  for (const one of leave.slice(1)) one();
  for (const one of leave.slice(1)) one(); // leaving twice takes nobody else along
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  leave[0]?.();
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("an abort calls all who wait, also where one of them makes another leave", async () => {
  const caller = new AbortController();
  const called: string[] = [];
  const leaveSecond = () => second();
  onAbort(caller.signal, () => {
    called.push("first");
    leaveSecond();
  });
  const second = onAbort(caller.signal, () => called.push("second"));
  onAbort(caller.signal, () => called.push("third"));
  caller.abort();
  expect(called).toEqual(expect.arrayContaining(["first", "third"]));
});

test("an aborted signal that has no reason gives an AbortError, also without DOMException", () => {
  const signal = { aborted: true } as AbortSignal;
  vi.stubGlobal("DOMException", undefined);
  expect(abortReason(signal)).toBeInstanceOf(Error);
  expect(abortReason(signal)).toMatchObject({ name: "AbortError", message: "This operation was aborted" });
  vi.unstubAllGlobals();
});
