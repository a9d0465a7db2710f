import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installBeside, packInto, ROOT } from "../package/tarball.ts";

/** Gives the examples the packed tarball. */
export default function setup(): void {
  const dir = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
  installBeside(join(ROOT, "examples", "back-ends"), packInto(dir));
  rmSync(dir, { recursive: true });
}
