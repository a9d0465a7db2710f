import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ROOT } from "../../scripts/spec/files.ts";

/** A copy of the contract and its scripts that a test may spoil; inside the repository, so that imports resolve. */
export async function copyOfContract(): Promise<string> {
  const reports = join(ROOT, "reports");
  await mkdir(reports, { recursive: true });
  const copy = await mkdtemp(join(reports, "contract-"));
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  for (const part of ["openapi", "generated", "scripts", "package.json", "tsconfig.json"]) {
    await cp(join(ROOT, part), join(copy, part), { recursive: true });
  }
  return copy;
}
