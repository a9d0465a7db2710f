import { createLogger } from "@stoplight/prism-core";
import { getHttpOperationsFromSpec } from "@stoplight/prism-http";
import { createServer } from "@stoplight/prism-http-server";

export interface RunningPrism {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const CONFIG = {
  checkSecurity: true,
  validateRequest: true,
  validateResponse: true,
  upstreamProxy: undefined,
  mock: { dynamic: false },
};

/** Starts a mock of the document in this process. */
export function startMock(document: object): Promise<RunningPrism> {
  return start(document, { ...CONFIG, isProxy: false, errors: true });
}

/** Starts a proxy that forwards everything to `upstream` and reports what breaks the document in a header. */
export function startProxy(document: object, upstream: string): Promise<RunningPrism> {
  return start(document, { ...CONFIG, isProxy: true, upstream: new URL(upstream), errors: false });
}

type Config = Parameters<typeof createServer>[1]["config"];

async function start(document: object, config: Config): Promise<RunningPrism> {
  const operations = await getHttpOperationsFromSpec(document);
  const logger = createLogger("prism", { level: "silent" });
  const server = createServer(operations, { cors: false, components: { logger }, config });
  const url = await server.listen(0, "127.0.0.1");
  return { url, close: () => server.close() };
}
