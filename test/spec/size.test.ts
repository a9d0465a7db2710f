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
/** Prints what the child used, when it ends: of the processor, because the machine may be busy with other tests. */
const METER = `process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  console.error(JSON.stringify({ cpuSecs: (userCPUTime + systemCPUTime) / 1e6, maxKib: maxRSS }));
})`;

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
  "a %s document of 6 MiB is pulled within 5 s of the processor and 1 GiB",
  { timeout: 60_000 },
  async (_language, write) => {
    const root = await copyOfContract();
    const text = large(write);
    expect(text.length).toBeGreaterThan(6 * MIB);
    const source = join(root, "large.spec");
    await writeFile(source, text);
    await writeFile(join(root, FILES.upstream), upstreamText(normalForm(telnyxLike())));
    const meter = `data:text/javascript,${encodeURIComponent(METER)}`;
    const args = ["--import", meter, "--import", "tsx", join("scripts", "spec-pull.ts"), source];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    expect(stdout).toContain("nothing changed");
    expect(status).toBe(0);
    const { cpuSecs, maxKib } = JSON.parse(stderr);
    expect(cpuSecs).toBeLessThan(5);
    expect(maxKib).toBeLessThan(MIB);
  },
);
