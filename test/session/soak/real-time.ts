import { setTimeout as delay } from "node:timers/promises";
import { RoomTokenClient } from "../../../src/index.ts";
import { type SandboxServer, startServer } from "../../../src/sandbox/server.ts";
import { RoomTokenSession } from "../../../src/session/index.ts";

const TTL_SECS = 10;
const LIFE_MS = 90_000;
const SAMPLE_EVERY_MS = 100;
const REVOCATIONS_MS = [12_000, 70_000];
const CLOCK_OFFSET_MS = 7_200_000;
const OUTAGE_MS = { from: 25_000, to: 45_000 };

/** Lets one session live through an outage, two dead refresh tokens and a bad listener, in real time. */
export async function liveInRealTime() {
  const sandbox = await startServer();
  sandbox.advance(CLOCK_OFFSET_MS);
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  const session = openSession(sandbox);
  const plans = [
    ...REVOCATIONS_MS.map((at) => setTimeout(() => sandbox.revokeRefreshTokens(), at)),
    setTimeout(() => sandbox.set({ dropConnections: true }), OUTAGE_MS.from),
    setTimeout(() => sandbox.set({ dropConnections: false }), OUTAGE_MS.to),
  ];
  const figures = await sample(session, sandbox);
  for (const plan of plans) clearTimeout(plan);
  session.close();
  await sandbox.close();
  await delay(100);
  process.off("unhandledRejection", note);
  const timersLeft = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const creates = sandbox.requests.filter(({ operation }) => operation === "create").length;
  const refused = sandbox.requests.filter(({ status }) => status === 403).length;
  return {
    ...figures,
    requests: sandbox.requestCount,
    creates,
    refused,
    unhandled: unhandled.length,
    timersLeft,
  };
}

function openSession(sandbox: SandboxServer): RoomTokenSession {
  const { roomId, apiKey, url: baseUrl } = sandbox;
  const backEnd = new RoomTokenClient({ apiKey, baseUrl, maxRetries: 0 });
  const session = new RoomTokenSession({
    create: ({ signal }) => backEnd.create(roomId, { tokenTtlSecs: TTL_SECS }, { signal }),
    refresh: ({ refreshToken, signal }) =>
      backEnd.refresh(roomId, { refreshToken, tokenTtlSecs: TTL_SECS }, { signal }),
  });
  session.subscribe(() => {
    throw new Error("a listener's own fault");
  });
  session.start();
  return session;
}

/** Asks for a token every 100 ms and judges each answer at the moment it comes. */
async function sample(session: RoomTokenSession, sandbox: SandboxServer) {
  const figures = {
    samples: 0,
    accepted: 0,
    notAccepted: 0,
    lost: 0,
    inLastSecond: 0,
    unexplained: 0,
    outlived: 0,
    waitedMs: 0,
  };
  const startedAt = performance.now();
  const open: Promise<void>[] = [];
  while (performance.now() - startedAt < LIFE_MS) {
    figures.samples += 1;
    open.push(judge(session, sandbox, figures));
    await delay(startedAt + figures.samples * SAMPLE_EVERY_MS - performance.now());
  }
  await Promise.all(open);
  return figures;
}

async function judge(
  session: RoomTokenSession,
  sandbox: SandboxServer,
  figures: Awaited<ReturnType<typeof sample>>,
): Promise<void> {
  const held = session.grant;
  const isOutage = () => sandbox.settings.dropConnections;
  const askedInOutage = isOutage();
  const askedAt = performance.now();
  try {
    const token = await session.getToken();
    figures[sandbox.accepts(token) ? "accepted" : "notAccepted"] += 1;
  } catch {
    if (held !== undefined && sandbox.accepts(held.token)) {
      const leftMs = Date.parse(held.tokenExpiresAt) - (Date.now() + CLOCK_OFFSET_MS);
      figures[leftMs > 1000 ? "lost" : "inLastSecond"] += 1;
    } else figures[askedInOutage || isOutage() ? "outlived" : "unexplained"] += 1;
  }
  figures.waitedMs = Math.max(figures.waitedMs, performance.now() - askedAt);
}
