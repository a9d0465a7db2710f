import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import { FILES, ROOT } from "../../scripts/spec/files.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { MAX_BYTES, pull, upstreamText } from "../../scripts/spec/pull.ts";
import { report } from "../../scripts/spec/report.ts";
import { Unusable } from "../../scripts/spec/unusable.ts";
import { listen } from "../loopback.ts";
import { runScript } from "../run-script.ts";
import { copyOfContract } from "./copy.ts";
import { CREATE, type Edit, edited, telnyxLike } from "./documents.ts";

/** What is checked in, in the copies of these tests. */
const upstreamNow = upstreamText(await normalForm(telnyxLike()));

/** A copy of the contract with a document beside it to pull, and what is checked in there. */
async function contractWith(document: string | Buffer) {
  const root = await copyOfContract();
  const source = join(root, "telnyx.spec");
  await writeFile(source, document);
  await writeFile(join(root, FILES.upstream), upstreamNow);
  return { root, source, upstream: () => readFile(join(root, FILES.upstream), "utf8") };
}

const shorter: Edit = ["components schemas CreateRequest properties token_ttl_secs maximum", 1800];
const toldShorter = "create: `token_ttl_secs` maximum 3600 → 1800";

describe("npm run spec:pull", () => {
  it("exits 0 and changes nothing when the document says the same", async () => {
    const { root, source, upstream } = await contractWith(JSON.stringify(telnyxLike()));
    const { exitCode, stdout } = await runScript({ root }, "spec-pull.ts", source);
    expect(stdout).toBe(`${source}: nothing changed\n`);
    expect(exitCode).toBe(0);
    expect(await upstream()).toBe(upstreamNow);
  });

  it("exits 1, writes the new facts and says what changed, in the format asked for", async () => {
    const { root, source, upstream } = await contractWith(JSON.stringify(edited(shorter)));
    const { exitCode, stdout } = await runScript({ root }, "spec-pull.ts", source, "--format", "markdown");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("### Breaking\n\n- create: `token_ttl_secs` maximum `3600` → `1800`\n");
    expect(await upstream()).toBe(upstreamNow.replace('"maximum": 3600', '"maximum": 1800'));
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

  it.each([[[]], [["a", "b"]], [["a", "--format", "json"]], [["a", "--verbose"]]])(
    "exits 2 and shows its usage when called with %j",
    async (args) => {
      const { exitCode, stderr } = await runScript({ root: ROOT }, "spec-pull.ts", ...args);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^spec:pull: usage: npm run spec:pull -- <file or URL>/);
    },
  );

  it("finds nothing changed in what it wrote itself", async () => {
    const { root, source } = await contractWith(JSON.stringify(edited(shorter)));
    expect((await pull(root, source)).changes).toHaveLength(1);
    expect((await pull(root, source)).changes).toEqual([]);
    expect((await pull(root, join(root, FILES.upstream))).changes).toEqual([]);
  });

  it("reads OpenAPI 3.2 like 3.1, and says so in each format", async () => {
    const { root, source } = await contractWith(JSON.stringify(edited(["openapi", "3.2.0"])));
    const ran = await runScript({ root }, "spec-pull.ts", source);
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: `${source}: nothing changed\n  note: OpenAPI 3.2.0 is read like 3.1\n`,
    });
    const { changes, notes } = await pull(root, source);
    expect(report("markdown", "x", changes, notes)).toMatch(/\n\nOpenAPI 3\.2\.0 is read like 3\.1\.\n$/);
    expect((await pull(root, join(root, FILES.upstream))).notes).toEqual([]);
  });

  it("reads YAML, also in OpenAPI 3.0", async () => {
    const { root, source } = await contractWith(stringify(edited(["openapi", "3.0.0"], shorter)));
    expect(report("text", "x", (await pull(root, source)).changes)).toContain(
      `1 change, 1 breaking\n  BREAKING ${toldShorter}\n`,
    );
  });

  it("finds an operation whose id was renamed by method and path, and says so", async () => {
    const renamed = edited([`paths ${CREATE} post operationId`, "create_room_token"]);
    const { root, source, upstream } = await contractWith(JSON.stringify(renamed));
    expect(report("text", "x", (await pull(root, source)).changes)).toContain(
      "create: operationId CreateRoomClientToken → create_room_token\n",
    );
    expect(await upstream()).toContain('"operationId": "create_room_token"');
  });

  it("downloads from a URL", async () => {
    const { root } = await contractWith("");
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/spec3.json" ? 200 : 404;
      response.end(JSON.stringify(edited(shorter)));
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
});

describe("a document cannot be used, and upstream.json stays as it is, when", () => {
  it.each<[string, string | Buffer, string]>([
    ["it is empty", "", "no OpenAPI 3.0 or 3.1 document"],
    ["it is a web page", "<!doctype html><title>404: not found</title>", "this is no"],
    ["it is broken JSON", '{"openapi": "3.1.0",', "this is no JSON"],
    ["it is broken YAML", "openapi: [3.1.0\npaths: {", "this is no YAML"],
    ["it is binary", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), "this is no"],
    ["it is a list", "[]", "no OpenAPI 3.0 or 3.1 document"],
    ["it is Swagger 2.0", '{"swagger": "2.0", "paths": {}}', "no OpenAPI 3.0 or 3.1 document"],
    ["it is a later OpenAPI", '{"openapi": "4.0.0", "paths": {}}', "no OpenAPI 3.0 or 3.1 document"],
    ["it is larger than any document of Telnyx", Buffer.alloc(MAX_BYTES + 1, " "), "larger than 32 MiB"],
  ])("%s", async (_why, document, reason) => {
    const { root, source, upstream } = await contractWith(document);
    const refused = await pull(root, source).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Unusable);
    expect(refused).toHaveProperty("message", expect.stringContaining(reason));
    expect(await upstream()).toBe(upstreamNow);
  });

  it("there is none", async () => {
    const { root } = await contractWith("");
    await expect(pull(root, join(root, "gone.json"))).rejects.toThrow(/^cannot read .*gone\.json: ENOENT/);
    await expect(pull(root, root)).rejects.toThrow(/^cannot read .*: EISDIR/);
  });
});
