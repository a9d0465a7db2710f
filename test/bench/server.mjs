// Answers every request with a grant, from a process of its own.
import { createServer } from "node:http";
import { ANSWER, ANSWER_HEADERS } from "./answer.mjs";

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(201, { ...ANSWER_HEADERS, "content-length": Buffer.byteLength(ANSWER) });
    response.end(ANSWER);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.on("disconnect", () => process.exit());
