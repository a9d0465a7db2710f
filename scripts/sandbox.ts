/** `npm run sandbox`: the stand-in for Telnyx on a loopback port, until it is interrupted. */
import { parseArgs } from "node:util";
import { startSandbox } from "../src/sandbox/index.ts";

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });

const sandbox = await startSandbox({ port: Number(values.port) });

console.log(`A stand-in for Telnyx's room tokens is running. It ends with Ctrl+C.

  URL      ${sandbox.url}
  API key  ${sandbox.apiKey}
  room     ${sandbox.roomId}
  endpoint ${sandbox.endpoint}

export TELNYX_BASE_URL=${sandbox.url} TELNYX_API_KEY=${sandbox.apiKey}

curl -X POST ${sandbox.url}/rooms/${sandbox.roomId}/actions/generate_join_client_token -H "Authorization: Bearer ${sandbox.apiKey}" -H "Content-Type: application/json" -d "{}"`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void sandbox.close());
}
