/** The steps of spec.yml as they stand there, run in a scratch repository, with stand-ins for `gh` and `npm`. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Scratch } from "./scratch.ts";

const ROBOT = "github-actions[bot]: Follow the Telnyx API";

it("the first change opens a pull request, the next one comes on top, people's commits stay", {
  timeout: 180_000,
}, () => {
  const scratch = new Scratch();
  scratch.run(3600);
  expect(scratch.requests()).toEqual([]);

  scratch.run(1800);
  const [first] = scratch.requests();
  expect(first).toMatchObject({ state: "open", labels: ["breaking"] });
  expect(first?.body).toContain("### Breaking\n\n- create: request body maximum `3600` → `1800`\n");
  expect(first?.body).toMatch(/\n\nA bound is to be decided\.\n\nTo run ci on this pull request, .*\n$/);
  expect(scratch.commits()).toEqual([ROBOT]);
  expect(scratch.show("generated/limits.ts")).toBe("1800");

  const clone = scratch.clone();
  scratch.git(clone, "switch", "--quiet", "follow-telnyx");
  writeFileSync(join(clone, "openapi/overlay.yaml"), "the overlay of somebody");
  rmSync(join(clone, "undecided"));
  scratch.commit(clone, "Decide");
  scratch.git(clone, "push", "--quiet");

  scratch.run(900);
  const [second, ...more] = scratch.requests();
  expect(more).toEqual([]);
  expect(second?.body).toContain("maximum `3600` → `900`\n\n\nEvery check passes.\n");
  expect(scratch.commits()).toEqual([ROBOT, "Someone: Decide", ROBOT]);
  expect(scratch.show("openapi/rooms-client-tokens.yaml")).toBe("the overlay of somebody");
  expect(scratch.show("generated/limits.ts")).toBe("900");

  scratch.run(3600);
  const [third] = scratch.requests();
  expect(third).toMatchObject({ state: "open", labels: [] });
  expect(third?.body).toMatch(/^Telnyx took the change back; what is left here are the commits of people\./);
  expect(scratch.commits()).toEqual([ROBOT, "Someone: Decide", ROBOT, ROBOT]);
  expect(scratch.show("generated/limits.ts")).toBe("3600");
});

it("a change that Telnyx takes back closes a pull request that holds nothing else", () => {
  const scratch = new Scratch();
  scratch.run(1800);
  scratch.run(3600);
  expect(scratch.requests()).toMatchObject([{ state: "closed" }]);
  expect(existsSync(join(scratch.clone(), ".git/refs/remotes/origin/follow-telnyx"))).toBe(false);
});

it.each(["spec:pull", "spec:check"])("a crash of %s fails, and is no change of Telnyx", (script) => {
  const scratch = new Scratch();
  expect(() => scratch.run(1800, script)).toThrow("crashed");
  expect(scratch.requests()).toEqual([]);
});

it("a closed pull request keeps the commits that people added to its branch", () => {
  const scratch = new Scratch();
  scratch.run(1800);
  const clone = scratch.clone();
  scratch.git(clone, "switch", "--quiet", "follow-telnyx");
  rmSync(join(clone, "undecided"));
  scratch.commit(clone, "Decide");
  scratch.git(clone, "push", "--quiet");
  scratch.closeRequests();
  expect(() => scratch.run(900)).toThrow("::error::follow-telnyx has commits of people");
  expect(scratch.commits()).toEqual([ROBOT, "Someone: Decide"]);
});

it("a closed pull request whose branch holds nothing of people is followed by a new one", () => {
  const scratch = new Scratch();
  scratch.run(1800);
  scratch.closeRequests();
  scratch.run(900);
  expect(scratch.requests()).toMatchObject([{ state: "closed" }, { state: "open" }]);
  expect(scratch.show("generated/limits.ts")).toBe("900");
});
