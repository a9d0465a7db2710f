import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { FILES, ROOT, readObject } from "../../scripts/spec/files.ts";
import { makeTypes } from "../../scripts/spec/fragment.ts";
import { generate } from "../../scripts/spec/generate.ts";
import { makeLimits } from "../../scripts/spec/limits.ts";
import { applyOverlay, OverlayError } from "../../scripts/spec/overlay.ts";
import { runScript } from "../run-script.ts";
import { copyOfContract } from "./copy.ts";

const MADE = [FILES.fragment, FILES.types, FILES.limits];
const upstream = await readFile(join(ROOT, FILES.upstream), "utf8");
const fragment = await readFile(join(ROOT, FILES.fragment), "utf8");

function replaced(text: string, from: string | RegExp, to: string): string {
  const after = text.replaceAll(from, to);
  expect(after, `nothing to replace: ${from}`).not.toBe(text);
  return after;
}

async function edit(root: string, file: string, from: string | RegExp, to: string): Promise<void> {
  await writeFile(join(root, file), replaced(await readFile(join(root, file), "utf8"), from, to));
}

it("the made files of this repository are what `npm run generate` makes now", async () => {
  expect(await generate(ROOT, { write: false })).toEqual([]);
});

describe("npm run generate", () => {
  it("names with --check what was edited by hand or is missing, and makes it without", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.fragment, /$/g, "\n");
    await rm(join(root, FILES.types));
    await edit(root, FILES.limits, "minimum", "maximum");
    const check = await runScript({ root }, "generate.ts", "--check");
    expect(check.exitCode).toBe(1);
    const named = MADE.map((file) => `${file} is not what \`npm run generate\` makes now\n`);
    expect(check.stderr).toBe(named.join(""));
    expect(await readFile(join(root, FILES.fragment), "utf8")).toBe(`${fragment}\n`);
    expect(await generate(root, { write: true })).toEqual(MADE);
    for (const file of MADE)
      expect(await readFile(join(root, file), "utf8")).toBe(await readFile(join(ROOT, file), "utf8"));
  });

  it("notices a changed bound, which the types cannot show, and a changed word of ours", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.upstream, '"maximum": 3600', '"maximum": 1');
    expect(await generate(root, { write: true })).toEqual([FILES.fragment, FILES.limits]);
    await edit(root, FILES.overlay, "There is no such room.", "No such room.");
    expect(await generate(root, { write: false })).toEqual([FILES.fragment, FILES.types]);
  });

  it("exits 1 without a stack, and writes nothing, when an overlay action matches nothing any more", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.upstream, "refresh_token_ttl_secs", "refresh_ttl");
    const { exitCode, stderr } = await runScript({ root }, "generate.ts");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^overlay action \d+ "Says what this member of create does\." .* matches nothing\n$/,
    );
    expect(await readFile(join(root, FILES.fragment), "utf8")).toBe(fragment);
  });
});

it.each(["400", "401", "404", "422", "429", "5XX", "default"])(
  "the overlay does not go on hiding an answer %s that Telnyx states itself",
  async (status) => {
    const answer = `"${status}": {"content": {"application/json": {"schema": {"properties": {"request_id": {}}}}}}`;
    const stated = JSON.parse(replaced(upstream, '"responses": {', `"responses": { ${answer},`));
    await expect(applyOverlay(stated, await readObject(join(ROOT, FILES.overlay)))).rejects.toThrow(
      new RegExp(
        `^overlay action \\d+ ".*" .* speaks of what Telnyx states itself, at /.*/responses/${status}[/,:]`,
      ),
    );
  },
);

it("reports an overlay that refers to nothing as such, not as a fault of openapi-typescript", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const dangling = replaced(fragment, "#/components/responses/NotFound", "#/components/responses/Gone");
  const rejected = await makeTypes(dangling).catch((error: unknown) => error);
  expect(rejected).toBeInstanceOf(OverlayError);
  expect(String(rejected)).toMatch(
    /openapi-typescript makes no types of the fragment \(.*\): correct it in openapi\/overlay\.yaml$/,
  );
});

it("the limits tell of a member what Telnyx states then: without a lost bound, with a name in quotes", () => {
  const lost = replaced(fragment, /^ +maximum: 86400\n/gm, "");
  const limits = makeLimits(replaced(lost, /(\n +)refresh_token_ttl_secs:(?=\n)/g, "$1room-ttl:"));
  expect(limits).toContain(
    '    "room-ttl": { type: "integer", minimum: 60, default: 3600, required: false },\n',
  );
});
