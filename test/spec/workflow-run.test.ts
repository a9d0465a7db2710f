/** The steps of spec.yml as they stand there, run in a scratch repository, with a stand-in for GitHub's `gh`. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Scratch } from "./scratch.ts";

const ROBOT = "github-actions[bot]";

it("the first change opens a pull request, the next one comes on top, people's commits stay", {
  timeout: 180_000,
}, async () => {
  const scratch = await Scratch.open();
  scratch.run(3600);
  expect(scratch.requests()).toEqual([]);

  scratch.run(1800);
  const [first] = scratch.requests();
  expect(first).toMatchObject({ state: "open", labels: ["breaking"] });
  expect(first?.body).toContain("### Breaking\n\n- create: `token_ttl_secs` maximum `3600` → `1800`\n");
  expect(first?.body).toContain("### What there is to decide\n\n- A bound changed. Decide what to tell\n");
  expect(first?.body).toContain("- `npm run lint` fails:\n  - `a lint error`\n");
  expect(first?.body).toContain("- test/spec/lock.test.ts: the bound is decided: `A bound changed.");
  expect(first?.body).toMatch(/### What to touch\n[\s\S]*lock\.test\.ts/);
  expect(first?.body).not.toContain("securitySchemes");
  expect(scratch.commits()).toEqual([`${ROBOT}: Follow the Telnyx API`]);
  expect(scratch.show("generated/limits.ts")).toContain("maximum: 1800");

  const clone = scratch.clone();
  scratch.git(clone, "switch", "--quiet", "follow-telnyx");
  const overlay = readFileSync(join(clone, "openapi/overlay.yaml"), "utf8");
  writeFileSync(
    join(clone, "openapi/overlay.yaml"),
    overlay.replace("There is no such room.", "No such room."),
  );
  rmSync(join(clone, "undecided"));
  scratch.commit(clone, "Decide");
  scratch.git(clone, "push", "--quiet");

  scratch.run(900);
  const [second, ...more] = scratch.requests();
  expect(more).toEqual([]);
  expect(second?.body).toContain("- create: `token_ttl_secs` maximum `3600` → `900`\n");
  expect(second?.body).not.toContain("Decide what to tell");
  expect(scratch.commits()).toEqual([
    `${ROBOT}: Follow the Telnyx API`,
    "Someone: Decide",
    `${ROBOT}: Follow the Telnyx API`,
  ]);
  expect(scratch.show("openapi/rooms-client-tokens.yaml")).toContain("description: No such room.");
  expect(scratch.show("generated/limits.ts")).toContain("maximum: 900");

  scratch.run(3600);
  const [third] = scratch.requests();
  expect(third).toMatchObject({ state: "open", labels: [] });
  expect(third?.body).toMatch(/^Telnyx took the change back; what is left here are the commits of people\./);
  expect(scratch.commits()).toHaveLength(4);
  expect(scratch.show("generated/limits.ts")).not.toContain("maximum: 900");
});

it("a change that Telnyx takes back closes a pull request that holds nothing else", {
  timeout: 120_000,
}, async () => {
  const scratch = await Scratch.open();
  scratch.run(1800);
  scratch.run(3600);
  expect(scratch.requests()).toMatchObject([{ state: "closed" }]);
  expect(existsSync(join(scratch.clone(), ".git/refs/remotes/origin/follow-telnyx"))).toBe(false);
});
