import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { pullArguments } from "../../scripts/spec/arguments.ts";
import { FILES } from "../../scripts/spec/files.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { MAX_BYTES, parseDocument, pull, upstreamText } from "../../scripts/spec/pull.ts";
import { Unusable } from "../../scripts/spec/unusable.ts";
import { listen } from "../loopback.ts";
import { runScript } from "../run-script.ts";
import { copyOfContract } from "./copy.ts";
import { edited, telnyxLike, ttl } from "./documents.ts";

/** What is checked in, in the copies of these tests. */
const upstreamNow = upstreamText(normalForm(telnyxLike()));
const shorter = JSON.stringify(edited([`${ttl} maximum`, 1800]));

/** A copy of the contract with a document beside it to pull, and what is checked in there. */
async function contractWith(document: string | Buffer) {
  const root = await copyOfContract();
  const source = join(root, "telnyx.spec");
  await writeFile(source, document);
  await writeFile(join(root, FILES.upstream), upstreamNow);
  return { root, source, upstream: () => readFile(join(root, FILES.upstream), "utf8") };
}

describe("npm run spec:pull", () => {
  it("exits 1, writes the new facts and says what changed; the next pull exits 0", async () => {
    const { root, source, upstream } = await contractWith(shorter);
    const first = await runScript({ root }, "spec-pull.ts", source, "--format", "markdown");
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toContain("### Breaking\n\n- create: `token_ttl_secs` maximum `3600` → `1800`\n");
    expect(await upstream()).toBe(upstreamNow.replace('"maximum": 3600', '"maximum": 1800'));
    const next = await runScript({ root }, "spec-pull.ts", source);
    expect(next).toMatchObject({ exitCode: 0, stdout: `${source}: nothing changed\n` });
  });

  it("exits 2 and says why on standard error when the document cannot be used", async () => {
    const { root, source, upstream } = await contractWith('{"swagger": "2.0"}');
    expect(await runScript({ root }, "spec-pull.ts", source)).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: "spec:pull: this is no OpenAPI 3.0 or 3.1 document\n",
    });
    expect(await upstream()).toBe(upstreamNow);
  });

  it("takes one document and one of the formats, and shows its usage otherwise", () => {
    expect(pullArguments(["a"])).toEqual({ source: "a", format: "text" });
    expect(pullArguments(["a", "--format", "markdown"])).toEqual({ source: "a", format: "markdown" });
    expect(pullArguments(["--help"])).toBeUndefined();
    for (const args of [[], ["a", "b"], ["a", "--format", "json"], ["a", "--verbose"], ["-h"], ["--dry-run"]])
      expect(() => pullArguments(args)).toThrow(/^usage: npm run spec:pull -- <file or URL>/);
  });
});

describe("a pull", () => {
  it("notes that OpenAPI 3.2 is read like 3.1, and finds nothing new in what it wrote itself", async () => {
    const { root, source } = await contractWith(JSON.stringify(edited(["openapi", "3.2.0"])));
    expect((await pull(root, source)).notes).toEqual(["OpenAPI 3.2.0 is read like 3.1"]);
    expect(await pull(root, join(root, FILES.upstream))).toEqual({ changes: [], notes: [] });
  });

  it("downloads from a URL", async () => {
    const { root } = await contractWith("");
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/spec3.json" ? 200 : 404;
      response.end(shorter);
    });
    const origin = await listen(server);
    onTestFinished(async () => void server.close());
    await expect(pull(root, `${origin}/gone.json`)).rejects.toThrow(
      `cannot read ${origin}/gone.json: the server responded with status 404`,
    );
    expect((await pull(root, `${origin}/spec3.json`)).changes).toHaveLength(1);
    await new Promise((resolve) => server.close(resolve));
    await expect(pull(root, `${origin}/spec3.json`)).rejects.toThrow(/^cannot read .*ECONNREFUSED/);
  });

  it("refuses a file that cannot be read or is larger than any of Telnyx, and leaves upstream.json", async () => {
    const { root, source, upstream } = await contractWith(Buffer.alloc(MAX_BYTES + 1, " "));
    await expect(pull(root, source)).rejects.toThrow(new Unusable("the document is larger than 32 MiB"));
    await expect(pull(root, join(root, "gone.json"))).rejects.toThrow(/^cannot read .*gone\.json: ENOENT/);
    await expect(pull(root, root)).rejects.toThrow(/^cannot read .*: EISDIR/);
    expect(await upstream()).toBe(upstreamNow);
  });

  it("leaves upstream.json if it cannot be compared", async () => {
    const changes = "../../scripts/spec/changes.ts";
    vi.resetModules();
    vi.doMock(changes, () => ({ changesBetween: () => expect.fail("no comparison") }));
    onTestFinished(() => void vi.doUnmock(changes));
    const { pull } = await import("../../scripts/spec/pull.ts");
    const { root, source, upstream } = await contractWith(shorter);
    await expect(pull(root, source)).rejects.toThrow("no comparison");
    expect(await upstream()).toBe(upstreamNow);
  });
});

it.each([
  ["is empty", "", "no OpenAPI 3.0 or 3.1 document"],
  ["is a web page", "<!doctype html><title>404: not found</title>", "this is no"],
  ["is broken JSON", '{"openapi": "3.1.0",', "this is no JSON"],
  ["is broken YAML", "openapi: [3.1.0\npaths: {", "this is no YAML"],
  ["is binary", "\x1f\ufffd\b\0\0\0\0\0", "this is no"],
  ["is a list", "[]", "no OpenAPI 3.0 or 3.1 document"],
  ["is Swagger 2.0", '{"swagger": "2.0", "paths": {}}', "no OpenAPI 3.0 or 3.1 document"],
  ["is a later OpenAPI", '{"openapi": "4.0.0", "paths": {}}', "no OpenAPI 3.0 or 3.1 document"],
])("a document that %s cannot be used", (_what, text, reason) => {
  const refusal = { name: "Unusable", message: expect.stringContaining(reason) };
  expect(() => normalForm(parseDocument(text))).toThrow(expect.objectContaining(refusal));
});
