// One contestant in a process of its own, so that none pays for another one's garbage. It measures when the
// parent says so, and the parent asks the contestants in turn.
import { Session } from "node:inspector/promises";
import { CONTESTANTS } from "./contestants.mjs";
import { ANSWER, ANSWER_HEADERS } from "./server.mjs";

const stubbedFetch = async () => new Response(ANSWER, { status: 201, headers: ANSWER_HEADERS });

const [, , name, baseUrl] = process.argv;
const stubbed = await CONTESTANTS[name]({ baseUrl: "http://127.0.0.1:9", fetch: stubbedFetch });
const real = await CONTESTANTS[name]({ baseUrl });

async function repeat(call, calls) {
  for (let i = 0; i < calls; i++) await call();
}

/** CPU of this whole process per call, collecting garbage included, in microseconds. */
async function cpuPerCall(call, calls) {
  const before = process.cpuUsage();
  await repeat(call, calls);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

/** Bytes allocated per call, by sampling. */
async function allocatedPerCall(call, calls) {
  const inspector = new Session();
  inspector.connect();
  await inspector.post("HeapProfiler.startSampling", {
    samplingInterval: 4096,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await repeat(call, calls);
  const { profile } = await inspector.post("HeapProfiler.stopSampling");
  inspector.disconnect();
  const sizeOf = (node) => node.children.reduce((sum, child) => sum + sizeOf(child), node.selfSize);
  return sizeOf(profile.head) / calls;
}

/** Bytes that a call leaves behind for good. */
async function keptPerCall(call, calls) {
  const heap = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20)); // finalizers run between two turns of the event loop
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  const before = await heap();
  await repeat(call, calls);
  return ((await heap()) - before) / calls;
}

const MEASURES = {
  stubbedCpu: (calls) => cpuPerCall(stubbed, calls),
  loopbackCpu: (calls) => cpuPerCall(real, calls),
  /** Microseconds per call, one after another over a connection that is kept alive. */
  async wall(calls) {
    const startedAt = performance.now();
    await repeat(real, calls);
    return ((performance.now() - startedAt) * 1000) / calls;
  },
  /** Milliseconds until so many calls, all begun at once, are answered. */
  async concurrent(calls) {
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: calls }, () => real()));
    return performance.now() - startedAt;
  },
  allocated: (calls) => allocatedPerCall(stubbed, calls),
  kept: (calls) => keptPerCall(stubbed, calls),
};

process.on("message", async ([measure, calls]) => process.send(await MEASURES[measure](calls)));
process.on("disconnect", () => process.exit());
process.send("ready");
