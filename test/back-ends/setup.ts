import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installBeside, packInto } from "../package/tarball.ts";

/** Puts the packed tarball beside the frameworks. */
export default function setup(): void {
  const dir = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
  installBeside(import.meta.dirname, packInto(dir));
  rmSync(dir, { recursive: true });
}
