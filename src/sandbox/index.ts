export type { RoomTokenOperation } from "../errors/room-token-error.ts";
export type { SandboxFault, SandboxOptions, SandboxSettings } from "./options.ts";
export type { Sandbox, SandboxRequest } from "./sandbox.ts";
export { startSandbox } from "./start.ts";
