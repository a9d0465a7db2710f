import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installInto, packInto } from "./tarball.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The packed tarball. */
    tarball: string;
    /** A project with nothing but the tarball installed. */
    project: string;
  }
}

/** Packs once for all files, or takes the tarball that a release named, and installs it in an empty project. */
export default function setup({ provide }: TestProject): () => void {
  const dir = mkdtempSync(join(tmpdir(), "telnyx-room-tokens-"));
  const tarball = process.env["TARBALL"] ?? packInto(dir);
  const project = join(dir, "project");
  installInto(project, tarball);
  provide("tarball", tarball);
  provide("project", project);
  return () => rmSync(dir, { recursive: true, force: true });
}
