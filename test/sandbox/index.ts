export { Sandbox } from "./sandbox.ts";
export { type SandboxServer, type SandboxServerOptions, startSandbox } from "./server.ts";
