import { expect, test } from "vitest";
import { given, inPage } from "./support.ts";

interface Globals {
  readonly Deno?: { readonly version: { readonly deno: string } };
  readonly Bun?: { readonly version: string };
  readonly process?: { readonly versions: { readonly node?: string } };
}

/** What the runtime is, in its own words. */
function whoAmI(): string {
  const { Deno, Bun, process } = globalThis as Globals;
  if (Deno !== undefined) return `deno ${Deno.version.deno}`;
  if (Bun !== undefined) return `bun ${Bun.version}`;
  const agent = globalThis.navigator?.userAgent; // Node 20 has none
  if (inPage || agent === "Cloudflare-Workers") return agent;
  return `node ${process?.versions.node}`;
}

test("the suite runs on the runtime that it claims to run on", () => {
  expect(whoAmI()).toContain(given.expected);
});
