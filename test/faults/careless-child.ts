// Started by processes.test.ts: an application that logs too much, on a server that echoes what it is sent.
import { createServer } from "node:http";
import { inspect } from "node:util";
import { RoomTokenClient } from "../../src/index.ts";
import { listen } from "../loopback.ts";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const detail = `${JSON.stringify(request.headers)} ${Buffer.concat(chunks)}`;
    response.writeHead(403, { "x-request-id": "id-1" }).end(JSON.stringify({ title: "Forbidden", detail }));
  });
});

const roomTokens = new RoomTokenClient({
  baseUrl: await listen(server),
  onAttempt: (event) => console.log(event),
});
const roomId = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const refreshToken = process.env["REFRESH_TOKEN"] ?? "";

for (const call of [() => roomTokens.create(roomId), () => roomTokens.refresh(roomId, { refreshToken })]) {
  const error: unknown = await call().catch((thrown: unknown) => thrown);
  console.log(error);
  console.log("%s %o %j", error, error, error);
  console.log(inspect(error, { showHidden: true, depth: Infinity }));
  console.log(JSON.stringify(error), String(error), (error as Error).stack);
  console.table(error);
  console.dir(roomTokens, { showHidden: true, depth: Infinity });
}
process.emitWarning((await roomTokens.create(roomId).catch((thrown: unknown) => thrown)) as Error);
await roomTokens.create(roomId); // nobody catches it
