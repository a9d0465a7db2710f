import { createServer } from "node:http";
import type { StandIn } from "../../../src/sandbox/stand-in.ts";
import { listen } from "../../loopback.ts";

/** A server on loopback. */
interface PageServer {
  readonly url: string;
  close(): void;
}

/** Serves a page that is one script, and the back end's route, which passes on what Telnyx answers. */
export async function servePage(script: string, sandbox: StandIn): Promise<PageServer> {
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" };
  const server = createServer(({ method = "GET", url = "/" }, response) => {
    if (url === "/page.js") return response.setHeader("content-type", "text/javascript").end(script);
    if (method !== "POST") {
      response.setHeader("content-type", "text/html");
      return response.end(
        '<link rel="icon" href="data:,"><body><script type="module" src="/page.js"></script>',
      );
    }
    const path = `/v2${url.replace(/token$/, "actions/generate_join_client_token")}`;
    const answer = sandbox.handle({ method, path, headers, body: "{}" });
    if (answer === undefined) return response.destroy();
    return response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const url = await listen(server);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, close };
}
