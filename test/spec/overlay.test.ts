import { describe, expect, it } from "vitest";
import type { Json } from "../../scripts/spec/json.ts";
import { applyOverlay } from "../../scripts/spec/overlay.ts";

const upstream = {
  openapi: "3.1.0",
  paths: { "/a": { post: { security: [], parameters: [{ name: "id" }], responses: { "201": {} } } } },
};

const overlayOf = (...actions: Json[]): Json => ({
  overlay: "1.0.0",
  info: { title: "t", version: "1" },
  actions,
});
const because = { description: "why" };

describe("the overlay", () => {
  it("adds to what upstream states and leaves upstream itself alone", async () => {
    const before = structuredClone(upstream);
    const update = { description: "Made.", content: {} };
    const document = await applyOverlay(
      upstream,
      overlayOf({ ...because, target: "$.paths['/a'].post.responses['201']", update }),
    );
    expect(document).toMatchObject({ paths: { "/a": { post: { responses: { "201": update } } } } });
    expect(upstream).toEqual(before);
  });

  it("adds to the members of a list", async () => {
    const update = { description: "Id." };
    const document = await applyOverlay(
      upstream,
      overlayOf({ ...because, target: "$.paths['/a'].post.parameters[0]", update }),
    );
    expect(document).toMatchObject({
      paths: { "/a": { post: { parameters: [{ name: "id", description: "Id." }] } } },
    });
  });

  it.each([
    ["a value", { target: "$", update: { openapi: "3.0.0" } }, "/openapi"],
    ["a value by another type", { target: "$.paths['/a']", update: { post: 5 } }, "/paths/~1a/post"],
    [
      "an empty list",
      { target: "$.paths['/a'].post", update: { security: [{}] } },
      "/paths/~1a/post/security",
    ],
    ["the length of a list", { target: "$..post", update: { parameters: [{ name: "x" }] } }, "/parameters"],
    ["a value inside a list", { target: "$..parameters[0]", update: { name: "x" } }, "/parameters/0/name"],
    [
      "what it removes",
      { target: "$.paths['/a'].post.responses", remove: true },
      "/paths/~1a/post/responses",
    ],
  ])("may not change %s that upstream states, unless it says so", async (_what, action, pointer) => {
    const overlay = overlayOf({ ...because, ...action });
    await expect(applyOverlay(upstream, overlay)).rejects.toThrow(`${pointer}: say x-replaces: true`);
    const allowed = await applyOverlay(upstream, overlayOf({ ...because, ...action, "x-replaces": true }));
    expect(allowed).not.toEqual(upstream);
  });

  it("may change what another action added", async () => {
    const target = "$";
    const overlay = overlayOf(
      { ...because, target, update: { info: { title: "A" } } },
      { ...because, target, update: { info: { title: "B" } } },
    );
    expect(await applyOverlay(upstream, overlay)).toMatchObject({ info: { title: "B" } });
  });

  it("names the action that matches nothing", async () => {
    const overlay = overlayOf({ ...because, target: "$.paths['/b']", update: {} });
    await expect(applyOverlay(upstream, overlay)).rejects.toThrow(
      `overlay action 1 "why" ($.paths['/b']) matches nothing`,
    );
  });

  it("names the action that changes nothing", async () => {
    const overlay = overlayOf({ ...because, target: "$", update: { openapi: "3.1.0" } });
    await expect(applyOverlay(upstream, overlay)).rejects.toThrow(
      'overlay action 1 "why" ($) changes nothing',
    );
  });

  it("asks each action why it is there", async () => {
    const overlay = overlayOf({ target: "$", update: { info: {} } });
    await expect(applyOverlay(upstream, overlay)).rejects.toThrow("has no description that says why");
  });

  it("refuses what is no overlay", async () => {
    await expect(applyOverlay(upstream, { openapi: "3.1.0" })).rejects.toThrow(
      "no OpenAPI Overlay 1.0 document",
    );
    await expect(applyOverlay(upstream, overlayOf({ ...because, update: {} }))).rejects.toThrow(
      "has no target",
    );
  });
});
