/**
 * Sets `repository`, `homepage` and `bugs` of package.json from the repository that a GitHub workflow runs in. The
 * release does that before it packs: npm rejects provenance if `repository` is missing or names another one.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** "https://github.com" and "owner/name". */
const SERVER = /^https:\/\/[\w.-]+$/;
const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;
/** What npm shows of a package, and what a release may not lack. */
const REQUIRED = ["name", "version", "description", "license", "repository", "homepage", "bugs"];

function variable(name: string, form: RegExp): string {
  const value = process.env[name] ?? "";
  if (form.test(value)) return value;
  throw new Error(`${name} must be set as GitHub sets it in a workflow, but is "${value}".`);
}

function setRepository(file: string): void {
  const url = `${variable("GITHUB_SERVER_URL", SERVER)}/${variable("GITHUB_REPOSITORY", REPOSITORY)}`;
  const manifest = {
    ...JSON.parse(readFileSync(file, "utf8")),
    repository: { type: "git", url: `git+${url}.git` },
    homepage: `${url}#readme`,
    bugs: { url: `${url}/issues` },
  };
  const missing = REQUIRED.filter((field) => !manifest[field]);
  if (missing.length > 0)
    throw new Error(`package.json has no ${missing.join(", ")}: add it before a release.`);
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
  console.log(`repository, homepage and bugs are those of ${url}`);
}

try {
  setRepository(join(process.cwd(), "package.json"));
} catch (error) {
  console.error(`The release stops: ${(error as Error).message}`);
  process.exitCode = 1;
}
