// What sessions cost, printed as JSON: `node --expose-gc session.mjs SESSIONS IDLE_MS`.
import { RoomTokenSession } from "../../dist/session.js";

const [, , sessions, idleMs] = process.argv.map(Number);
const FRESH_CALLS = 200_000;

/** A grant of an hour, with strings of its own, as from the network. */
function grant(n) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iat, exp: iat + 3600, jti: n };
  return {
    token: `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${n}`,
    refreshToken: `refresh-${n}`,
  };
}

const usedHeap = async () => {
  await new Promise((resolve) => set(resolve, 50));
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};

// Counted by a wrapper, because the runtime does not list a timer that does not keep the process alive.
const armed = new Set();
const { setTimeout: set, clearTimeout: clear } = globalThis;
globalThis.setTimeout = (run, delayMs, ...args) => {
  const timer = set(() => {
    armed.delete(timer);
    run(...args);
  }, delayMs);
  armed.add(timer);
  return timer;
};
globalThis.clearTimeout = (timer) => {
  armed.delete(timer);
  clear(timer);
};

/** Never called: the tokens stay fresh for as long as this measures. */
const refresh = () => Promise.reject(new Error("asked for a renewal"));

const one = new RoomTokenSession({ grant: grant(0), refresh });
for (let i = 0; i < FRESH_CALLS; i++) await one.getToken();
const beforeCalls = process.cpuUsage();
for (let i = 0; i < FRESH_CALLS; i++) await one.getToken();
const calls = process.cpuUsage(beforeCalls);
one.close();

const grants = Array.from({ length: sessions }, (_, n) => grant(n));
const heapBefore = await usedHeap();
const all = grants.map((given) => new RoomTokenSession({ grant: given, refresh }));
for (const session of all) session.start();
const heapAfter = await usedHeap();
const timersPerSession = armed.size / sessions;

const beforeIdle = process.cpuUsage();
await new Promise((resolve) => set(resolve, idleMs));
const idle = process.cpuUsage(beforeIdle);
for (const session of all) session.close();

console.log(
  JSON.stringify({
    freshCallCpuNs: ((calls.user + calls.system) * 1000) / FRESH_CALLS,
    heapBytesPerSession: (heapAfter - heapBefore) / sessions,
    timersPerSession,
    timersAfterClose: armed.size,
    idleCpuMs: (idle.user + idle.system) / 1000,
  }),
);
