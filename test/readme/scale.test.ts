import { rmSync } from "node:fs";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { holdRenewed } from "../../src/session/held-token.ts";
import { listen } from "../loopback.ts";
import { FOLDER, fileOf, page, withUse, writeSnippets } from "./snippets.ts";

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const CALLS = 100;
const [, fleet = ""] = page("docs/performance.md").split("\n## Many sessions\n");
const data = {
  token: "t",
  token_expires_at: "2026-11-22T10:10:00Z",
  refresh_token: "r",
  refresh_token_expires_at: "2026-11-22T11:00:00Z",
};
let connections = 0;
let origin: string;
const server = createServer((_, response) => {
  setTimeout(() => response.writeHead(201).end(JSON.stringify({ data })), 20);
}).on("connection", () => {
  connections++;
});

beforeAll(async () => {
  origin = await listen(server);
});
afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function connectionsFor(roomTokens: RoomTokenClient): Promise<number> {
  connections = 0;
  const grants = await Promise.all(Array.from({ length: CALLS }, () => roomTokens.create(ROOM_ID)));
  expect(grants.filter(({ token }) => token === data.token)).toHaveLength(CALLS);
  return connections;
}

test("the pool of performance.md answers every call over as many connections as it says, and no more", async () => {
  writeSnippets();
  const [[, snippet] = []] = withUse("pool");
  const size = Number(/connections: (\d+)/.exec(snippet?.code ?? "")?.[1]);
  if (snippet === undefined) throw new Error("there is no pool");
  vi.stubEnv("TELNYX_API_KEY", "KEY-CANARY");
  vi.stubEnv("TELNYX_BASE_URL", origin);
  const { roomTokens } = await import(pathToFileURL(fileOf(snippet)).href);
  expect(await connectionsFor(roomTokens)).toBe(size);
  expect(await connectionsFor(new RoomTokenClient())).toBeGreaterThan(size);
});

test("the figures of performance.md for many sessions are those of the session's own schedule", () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5); // the mean of the jitter
  const rows = [...fleet.matchAll(/^\| (\d+) \| ([\d.]+) \| ([\d,]+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(2);
  for (const [, ttlSecs, everySecs, perSecond] of rows) {
    const grant = {
      token: "t",
      issuedAt: 0,
      expiresAt: Number(ttlSecs) * 1000,
      refreshToken: undefined,
    };
    const dueSecs = holdRenewed(grant, undefined, 0, 0).dueAt / 1000;
    expect(Number(everySecs)).toBe(dueSecs);
    expect(Number(perSecond?.replace(",", ""))).toBe(Math.round(100_000 / dueSecs));
  }
});
