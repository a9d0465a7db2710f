export type { PlannedFailure, SandboxSettings, SeenRequest } from "./controls.ts";
export { Sandbox, type SandboxOptions } from "./sandbox.ts";
export { SandboxServer, type SandboxServerOptions, startSandbox } from "./server.ts";
