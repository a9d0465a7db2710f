import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FILES, ROOT } from "../../scripts/spec/files.ts";
import { generate } from "../../scripts/spec/generate.ts";
import { runScript } from "../run-script.ts";
import { copyOfContract } from "./copy.ts";

async function edit(root: string, file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(join(root, file), "utf8");
  const after = change(before);
  expect(after, `the edit of ${file} did nothing`).not.toBe(before);
  await writeFile(join(root, file), after);
}

describe("npm run generate", () => {
  it("finds the made files of this repository up to date", async () => {
    expect(await generate(ROOT, { write: false })).toEqual([]);
  });

  it("names each made file that was edited by hand, and leaves it as it is", async () => {
    const root = await copyOfContract();
    for (const file of [FILES.fragment, FILES.types, FILES.limits])
      await edit(root, file, (text) => `${text}\n`);
    const edited = await readFile(join(root, FILES.fragment), "utf8");
    const { exitCode, stderr } = await runScript({ root }, "generate.ts", "--check");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(FILES.fragment);
    expect(stderr).toContain(FILES.types);
    expect(stderr).toContain(FILES.limits);
    expect(await readFile(join(root, FILES.fragment), "utf8")).toBe(edited);
  });

  it("notices a changed bound, which the types cannot show", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.upstream, (text) => text.replace(/"maximum": \d+/, '"maximum": 1'));
    expect(await generate(root, { write: false })).toEqual([FILES.fragment, FILES.limits]);
  });

  it("notices a changed word of ours", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.overlay, (text) => text.replace("There is no such room.", "No such room."));
    expect(await generate(root, { write: false })).toEqual([FILES.fragment, FILES.types]);
  });

  it("makes what is missing and is up to date afterwards", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.types, () => "");
    expect((await runScript({ root }, "generate.ts")).exitCode).toBe(0);
    expect(await generate(root, { write: false })).toEqual([]);
    expect(await readFile(join(root, FILES.types), "utf8")).toMatch(
      /^\/\*\*\n \* This file was auto-generated/,
    );
  });

  it("stops with the action's name when an overlay action matches nothing any more", async () => {
    const root = await copyOfContract();
    const before = await readFile(join(root, FILES.fragment), "utf8");
    await edit(root, FILES.upstream, (text) => text.replaceAll("refresh_token_ttl_secs", "refresh_ttl"));
    const { exitCode, stderr } = await runScript({ root }, "generate.ts");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^overlay action \d+ "Says what this member of create does\." .* matches nothing\n$/,
    );
    expect(await readFile(join(root, FILES.fragment), "utf8")).toBe(before);
  });
});
