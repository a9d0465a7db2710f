import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { RoomTokenClient } from "../../src/index.ts";
import { ROOM_ID, rejection } from "../unit/support.ts";
import { API_KEY, REFRESH_TOKEN } from "./canaries.ts";
import { FaultServer, type Misbehaviour } from "./server.ts";

const MIB = 2 ** 20;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

async function usedBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50)); // for the sockets to close
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Writes 64 KiB after another, as fast as the other side takes them, without an end. */
const pour =
  (status: number): Misbehaviour =>
  (socket) => {
    const part = Buffer.alloc(65_536, "x");
    const fill = () => {
      while (socket.writable && socket.write(part));
    };
    socket.on("drain", fill);
    socket.write(`HTTP/1.1 ${status} -\r\nconnection: close\r\n\r\n`);
    fill();
  };

test.each([
  [201, "invalid_response"],
  [403, "forbidden"],
])(
  "an endless body with status %i is dropped after 1 MiB, and memory stays flat even if every error is kept",
  async (status, code) => {
    const server = await FaultServer.start(pour(status));
    const client = new RoomTokenClient({ apiKey: API_KEY, baseUrl: server.origin, maxRetries: 0 });
    const call = (round: number) =>
      round % 2 ? client.create(ROOM_ID) : client.refresh(ROOM_ID, { refreshToken: REFRESH_TOKEN });
    const rounds = 12;
    let before = 0;
    const kept: unknown[] = [];
    for (let round = 0; round < rounds; round++) {
      if (round === 2) before = await usedBytes(); // the first two warm up
      kept.push(await rejection(call(round)));
    }
    const grownBytes = (await usedBytes()) - before;
    await server.close();
    for (const error of kept) expect(error).toMatchObject({ code, status });
    expect(server.requests).toHaveLength(rounds);
    // What the system holds for a socket on its way is above the bound, but an endless body ends.
    expect(server.bytesWritten).toBeGreaterThan(rounds * MIB);
    expect(server.bytesWritten).toBeLessThan(rounds * 16 * MIB);
    expect(grownBytes).toBeLessThan(4 * MIB);
  },
);
