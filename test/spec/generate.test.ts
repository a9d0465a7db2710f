import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FILES, ROOT } from "../../scripts/spec/files.ts";
import { generate } from "../../scripts/spec/generate.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { upstreamText } from "../../scripts/spec/pull.ts";
import { runScript } from "../run-script.ts";
import { copyOfContract } from "./copy.ts";
import { CREATE, get, set, telnyxLike } from "./documents.ts";

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

  it.each(["400", "401", "404", "422", "429", "5XX", "default"])(
    "stops with the action's name when Telnyx states %s itself, on both operations",
    async (status) => {
      const root = await copyOfContract();
      const answer = `"${status}": {"content": {"application/json": {"schema": {"properties": {"request_id": {}}}}}}`;
      await edit(root, FILES.upstream, (text) =>
        text.replaceAll('"responses": {', `"responses": { ${answer},`),
      );
      await expect(generate(root, { write: true })).rejects.toThrow(
        new RegExp(
          `^overlay action \\d+ ".*" .* speaks of what Telnyx states itself, at /.*/responses/${status}[/,:]`,
        ),
      );
    },
  );

  it("makes types of a choice with a discriminator", async () => {
    const root = await copyOfContract();
    const document = telnyxLike();
    const data = `paths ${CREATE} post responses 201 content application/json schema properties data`;
    set(document, "components schemas Data", get(document, data));
    set(document, data, {
      oneOf: [
        { $ref: "#/components/schemas/Data" },
        { type: "object", properties: { kind: { type: "string" } } },
      ],
      discriminator: { propertyName: "kind", mapping: { data: "#/components/schemas/Data" } },
    });
    await writeFile(join(root, FILES.upstream), upstreamText(normalForm(document)));
    const actions = (text: string) =>
      text.replace(/\n {2}- target: [^\n]*properties\.data\.[\s\S]*?(?=\n {2}- target)/g, "");
    await edit(root, FILES.overlay, actions);
    expect(await generate(root, { write: true })).toContain(FILES.types);
  });

  it("says where the types cannot be made, without a stack", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.overlay, (text) =>
      text.replace("#/components/responses/NotFound", "#/components/responses/Gone"),
    );
    const { exitCode, stderr } = await runScript({ root }, "generate.ts");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /openapi-typescript makes no types of the fragment \(.*\): correct it in openapi\/overlay\.yaml\n$/,
    );
    expect(stderr).not.toContain("    at ");
  });

  it("tells the limits of what Telnyx states then: a lost bound is gone, a new member is there", async () => {
    const root = await copyOfContract();
    await edit(root, FILES.upstream, (text) =>
      text
        .replace('"maximum": 86400,', "")
        .replace(
          /"refresh_token": \{(?![\s\S]*"refresh_token": \{)/,
          '"room-region": { "type": "string" }, "refresh_token": {',
        ),
    );
    await generate(root, { write: true });
    const limits = await readFile(join(root, FILES.limits), "utf8");
    expect(limits).toContain(
      'refresh_token_ttl_secs: { type: "integer", minimum: 60, default: 3600, required: false },',
    );
    expect(limits).toContain('    "room-region": { type: "string", required: false },');
  });
});
