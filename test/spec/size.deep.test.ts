import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringifyYaml } from "@redocly/openapi-core";
import { expect, it } from "vitest";
import { FILES } from "../../scripts/spec/files.ts";
import { isObject, type Json, type JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { upstreamText } from "../../scripts/spec/pull.ts";
import { copyOfContract } from "./copy.ts";
import { get, telnyxLike } from "./documents.ts";

const MIB = 1024 * 1024;
const GIB_IN_KIB = 1024 * 1024;
/** Prints the most memory that the child held, in KiB, when it ends. */
const METER = `process.on("exit", () => console.error(process.resourceUsage().maxRSS))`;

/** A whole document: ours among as many other operations as it takes to pass 6 MiB. */
function large(write: (document: JsonObject) => string): string {
  const { components } = telnyxLike();
  const other = (index: number): Json => ({
    post: {
      operationId: `Other${index}`,
      description: "Something else. ".repeat(20),
      "x-more": components ?? {},
    },
  });
  const paths = get(telnyxLike(), "paths");
  const more = Math.ceil((6 * MIB) / write({ one: other(0) }).length);
  const others = Object.fromEntries(
    Array.from({ length: more }, (_, index) => [`/other/${index}`, other(index)]),
  );
  return write({ ...telnyxLike(), paths: { ...others, ...(isObject(paths) ? paths : {}) } });
}

it.each([
  ["JSON", (document: JsonObject) => JSON.stringify(document, null, 2)],
  ["YAML", (document: JsonObject) => stringifyYaml(document, { noRefs: true })],
])(
  "a %s document of 6 MiB is pulled with less than 1 GiB of memory",
  { timeout: 120_000 },
  async (_language, write) => {
    const root = await copyOfContract();
    const text = large(write);
    expect(text.length).toBeGreaterThan(6 * MIB);
    const source = join(root, "large.spec");
    await writeFile(source, text);
    await writeFile(join(root, FILES.upstream), upstreamText(await normalForm(telnyxLike())));
    const meter = `data:text/javascript,${encodeURIComponent(METER)}`;
    const args = ["--import", meter, "--import", "tsx", join("scripts", "spec-pull.ts"), source];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    expect(stdout).toContain("nothing changed");
    expect(status).toBe(0);
    expect(stderr).toMatch(/^\d+\n$/);
    expect(Number(stderr)).toBeLessThan(GIB_IN_KIB);
  },
);
