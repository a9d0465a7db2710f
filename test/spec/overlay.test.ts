import { describe, expect, it } from "vitest";
import type { Json } from "../../scripts/spec/json.ts";
import { applyOverlay } from "../../scripts/spec/overlay.ts";

const upstream = {
  openapi: "3.1.0",
  components: { securitySchemes: {} },
  paths: {
    "/a": {
      post: {
        security: [],
        parameters: [{ name: "id" }],
        responses: { "201": { headers: { a: { schema: { type: "string" } } } } },
      },
    },
  },
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
    const update = { description: "Made.", headers: { b: { schema: {} } } };
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

  const responses = "$.paths['/a'].post.responses";
  it.each([
    ["replaces a value", { target: "$", update: { openapi: "3.0.0" } }, "/openapi"],
    [
      "states the same, beside something new",
      { target: "$", update: { openapi: "3.1.0", info: {} } },
      "/openapi",
    ],
    ["replaces a value by another type", { target: "$.paths['/a']", update: { post: 5 } }, "/paths/~1a/post"],
    ["fills an empty list", { target: "$.paths['/a'].post", update: { security: [{}] } }, "/post/security"],
    ["makes a list longer", { target: "$..post", update: { parameters: [{ name: "x" }] } }, "/parameters"],
    [
      "changes a value inside a list",
      { target: "$..parameters[0]", update: { name: "x" } },
      "/parameters/0/name",
    ],
    ["removes something", { target: responses, remove: true }, "/paths/~1a/post/responses"],
    ["refers away", { target: responses, update: { "201": { $ref: "#/x" } } }, "/responses/201/$ref"],
    [
      "adds a body to an answer",
      { target: `${responses}['201']`, update: { content: {} } },
      "/responses/201/content",
    ],
    [
      "speaks of a header",
      { target: `${responses}['201'].headers`, update: { a: { required: true } } },
      "/a/required",
    ],
    [
      "adds a rule to a schema",
      { target: "$..a.schema", update: { maxLength: 5 } },
      "/headers/a/schema/maxLength",
    ],
    ["adds servers", { target: "$", update: { servers: [{ url: "/" }] } }, "/servers"],
  ])("must say so where it %s that Telnyx states, or beside it", async (_what, action, pointer) => {
    const refused = applyOverlay(upstream, overlayOf({ ...because, ...action }));
    await expect(refused).rejects.toThrow(
      /^overlay action 1 "why" \(.*\) speaks of what Telnyx states itself, at /,
    );
    await expect(refused).rejects.toThrow(`${pointer}: take that out of openapi/overlay.yaml`);
    const allowed = await applyOverlay(upstream, overlayOf({ ...because, ...action, "x-replaces": true }));
    expect(allowed).not.toEqual(upstream);
  });

  it.each([
    ["default", "404"],
    ["4XX", "404"],
    ["404", "404"],
    ["5XX", "5XX"],
    ["default", "5XX"],
  ])(
    "must say so where Telnyx states %s and it states %s, whatever Telnyx says there",
    async (stated, ours) => {
      for (const fact of [{}, { content: {} }]) {
        const document = structuredClone(upstream);
        Object.assign(document.paths["/a"].post.responses, { [stated]: fact });
        const overlay = overlayOf({ ...because, target: responses, update: { [ours]: { $ref: "#/x" } } });
        await expect(applyOverlay(document, overlay)).rejects.toThrow(`/paths/~1a/post/responses/${stated}`);
        expect(await applyOverlay(upstream, overlay)).toMatchObject({
          paths: { "/a": { post: { responses: { [ours]: { $ref: "#/x" } } } } },
        });
      }
    },
  );

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
