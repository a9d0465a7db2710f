// Started by load.deep.test.ts with --expose-gc: makes as many calls as it is told, and prints what they left behind.
import { getEventListeners } from "node:events";
import { RoomTokenClient } from "../../src/index.ts";

const calls = Number(process.argv[2]);
const roomId = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const data = { token: "t", token_expires_at: "2026-11-22T10:00:00Z" };
const grant = JSON.stringify({
  data: { ...data, refresh_token: "r", refresh_token_expires_at: data.token_expires_at },
});
const { signal } = new AbortController();
let mostListeners = 0;
let answered = 0;

const roomTokens = new RoomTokenClient({
  apiKey: "KEY",
  maxRetries: 0,
  onAttempt: () => {},
  fetch: async (_, { body }) => {
    await undefined; // the call is under way
    if (answered++ % 1000 === 0)
      mostListeners = Math.max(mostListeners, getEventListeners(signal, "abort").length);
    if (body.includes("refuse")) return new Response('{"title":"No"}', { status: 403 });
    return new Response(grant, { status: 201 });
  },
});

async function make(count: number): Promise<void> {
  for (let made = 0; made < count; made++) {
    if (made % 10 !== 0) await roomTokens.create(roomId, {}, { signal });
    else await roomTokens.refresh(roomId, { refreshToken: "refuse" }, { signal }).catch(() => {});
  }
}

async function usedBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}

await make(calls / 20); // warms up
const before = await usedBytes();
await make(calls);
const timersLeft = process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
const grownBytes = (await usedBytes()) - before;
const listenersLeft = getEventListeners(signal, "abort").length;
console.log(JSON.stringify({ calls, grownBytes, mostListeners, listenersLeft, timersLeft }));
