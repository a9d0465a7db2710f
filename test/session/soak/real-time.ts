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
  for (const at of REVOCATIONS_MS) setTimeout(() => sandbox.revokeRefreshTokens(), at);
  setTimeout(() => sandbox.set({ dropConnections: true }), OUTAGE_MS.from);
  setTimeout(() => sandbox.set({ dropConnections: false }), OUTAGE_MS.to);
  const samples = new Samples(session, sandbox);
  await samples.take();
  session.close();
  await sandbox.close();
  await delay(100);
  process.off("unhandledRejection", note);
  return {
    ...samples,
    requests: sandbox.requestCount,
    creates: sandbox.requests.filter(({ operation }) => operation === "create").length,
    refused: sandbox.requests.filter(({ status }) => status === 403).length,
    unhandled: unhandled.length,
    timersLeft: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
  };
}

function openSession({ roomId, apiKey, url: baseUrl }: SandboxServer): RoomTokenSession {
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

/** Asks for a token every 100 ms, judges each answer at the moment when it comes, and counts. */
class Samples {
  count = 0;
  accepted = 0;
  notAccepted = 0;
  lost = 0;
  inLastSecond = 0;
  unexplained = 0;
  outlived = 0;
  longestWaitMs = 0;
  readonly #session: RoomTokenSession;
  readonly #sandbox: SandboxServer;

  constructor(session: RoomTokenSession, sandbox: SandboxServer) {
    this.#session = session;
    this.#sandbox = sandbox;
  }

  async take(): Promise<void> {
    const startedAt = performance.now();
    const open: Promise<void>[] = [];
    while (performance.now() - startedAt < LIFE_MS) {
      this.count += 1;
      open.push(this.#takeOne());
      await delay(startedAt + this.count * SAMPLE_EVERY_MS - performance.now());
    }
    await Promise.all(open);
  }

  async #takeOne(): Promise<void> {
    const sandbox = this.#sandbox;
    const held = this.#session.grant;
    const { dropConnections: askedInOutage } = sandbox.settings;
    const askedAt = performance.now();
    try {
      const token = await this.#session.getToken();
      this[sandbox.accepts(token) ? "accepted" : "notAccepted"] += 1;
    } catch {
      if (held !== undefined && sandbox.accepts(held.token)) {
        const leftMs = Date.parse(held.tokenExpiresAt) - (Date.now() + CLOCK_OFFSET_MS);
        this[leftMs > 1000 ? "lost" : "inLastSecond"] += 1;
      } else this[askedInOutage || sandbox.settings.dropConnections ? "outlived" : "unexplained"] += 1;
    }
    this.longestWaitMs = Math.max(this.longestWaitMs, performance.now() - askedAt);
  }
}
