import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installBeside, packInto } from "../package/tarball.ts";

/** Gives the frameworks the packed tarball, and keeps it for a project that a test makes. */
export default function setup({ provide }: TestProject): () => void {
  const dir = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
  const tarball = packInto(dir);
  installBeside(import.meta.dirname, tarball);
  provide("tarball", tarball);
  return () => rmSync(dir, { recursive: true });
}
