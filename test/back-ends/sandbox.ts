/** The sandbox, for every test of a back end. */
export { type SandboxServer, startSandbox } from "../sandbox/index.ts";
