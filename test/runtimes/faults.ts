import { createServer } from "node:http";
import { listen } from "../loopback.ts";

/** A server on loopback for what the stand-in cannot do: half a body, and redirects, whose followers it counts. */
export async function startFaults() {
  let followed = 0;
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*, authorization, content-type");
    const [, kind] = (request.url ?? "").split("/");
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    if (kind === "stall") return response.writeHead(201).write('{"data":');
    if (kind === "redirect") return response.writeHead(307, { location: "/target" }).end();
    if (kind === "target") followed += 1;
    return response.end(String(followed));
  });
  const origin = await listen(server);
  return {
    urls: {
      stallUrl: `${origin}/stall`,
      redirectUrl: `${origin}/redirect`,
      followedUrl: `${origin}/followed`,
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
