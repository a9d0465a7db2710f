import { expect, it } from "vitest";
import type { Json, JsonObject } from "../../scripts/spec/json.ts";
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

const overlayOf = (...actions: JsonObject[]): Json => ({ overlay: "1.0.0", actions });
/** Applies one action that says why it is there. */
const apply = (action: JsonObject) => applyOverlay(upstream, overlayOf({ description: "why", ...action }));

const responses = "$.paths['/a'].post.responses";
const created = `${responses}['201']`;

it("the overlay adds to what upstream states, also in a list, and leaves upstream itself alone", async () => {
  const before = structuredClone(upstream);
  const update = { description: "Made.", headers: { b: { schema: {} } } };
  const added = { paths: { "/a": { post: { responses: { "201": update } } } } };
  expect(await apply({ target: created, update })).toMatchObject(added);
  const named = { paths: { "/a": { post: { parameters: [{ name: "id", description: "Id." }] } } } };
  const inList = { target: "$..parameters[0]", update: { description: "Id." } };
  expect(await apply(inList)).toMatchObject(named);
  expect(upstream).toEqual(before);
});

it.each<[string, string, Json, string]>([
  ["replaces a value", "$", { openapi: "3.0.0" }, "/openapi"],
  ["states the same, beside something new", "$", { openapi: "3.1.0", info: {} }, "/openapi"],
  ["replaces a value by another type", "$.paths['/a']", { post: 5 }, "/paths/~1a/post"],
  ["fills an empty list", "$.paths['/a'].post", { security: [{}] }, "/post/security"],
  ["makes a list longer", "$..post", { parameters: [{ name: "x" }] }, "/parameters"],
  ["changes a value inside a list", "$..parameters[0]", { name: "x" }, "/parameters/0/name"],
  ["refers away", responses, { "201": { $ref: "#/x" } }, "/responses/201/$ref"],
  ["adds a body to an answer", created, { content: {} }, "/responses/201/content"],
  ["speaks of a header", `${created}.headers`, { a: { required: true } }, "/a/required"],
  ["adds a rule to a schema", "$..a.schema", { maxLength: 5 }, "/headers/a/schema/maxLength"],
  ["adds servers", "$", { servers: [{ url: "/" }] }, "/servers"],
  ["removes something", responses, "remove", "/paths/~1a/post/responses"],
])("an action that %s must say x-replaces", async (_what, target, update, pointer) => {
  const action: JsonObject = update === "remove" ? { target, remove: true } : { target, update };
  const rejected = apply(action);
  await expect(rejected).rejects.toThrow(
    /^overlay action 1 "why" \(.*\) speaks of what Telnyx states itself, at /,
  );
  await expect(rejected).rejects.toThrow(`${pointer}: take that out of openapi/overlay.yaml`);
  expect(await apply({ ...action, "x-replaces": true })).not.toEqual(upstream);
});

it.each([
  ["default", "404"],
  ["4XX", "404"],
  ["404", "404"],
  ["5XX", "5XX"],
  ["default", "5XX"],
])(
  "an action must say x-replaces where Telnyx states the answer %s and it states %s",
  async (stated, ours) => {
    const action = { description: "why", target: responses, update: { [ours]: { $ref: "#/x" } } };
    const added = { paths: { "/a": { post: { responses: action.update } } } };
    expect(await apply(action)).toMatchObject(added);
    for (const fact of [{}, { content: {} }]) {
      const document = structuredClone(upstream);
      Object.assign(document.paths["/a"].post.responses, { [stated]: fact });
      await expect(applyOverlay(document, overlayOf(action))).rejects.toThrow(`/responses/${stated}`);
    }
  },
);

it("an action may change what another one added", async () => {
  const [first, second] = ["A", "B"].map((title) => ({
    ...{ description: "why", target: "$" },
    update: { info: { title } },
  }));
  const overlay = overlayOf(first ?? {}, second ?? {});
  expect(await applyOverlay(upstream, overlay)).toMatchObject({ info: { title: "B" } });
});

it.each<[string, JsonObject, string]>([
  ["matches nothing", { target: "$.b", update: {} }, 'overlay action 1 "why" ($.b) matches nothing'],
  ["changes nothing", { target: "$", update: { openapi: "3.1.0" } }, 'action 1 "why" ($) changes nothing'],
  [
    "does not say why",
    { target: "$", update: { info: {} }, description: " " },
    "no description that says why",
  ],
  ["has no target", { update: {} }, "overlay action 1 has no target"],
])("an action that %s is named", async (_what, action, message) => {
  await expect(apply(action)).rejects.toThrow(message);
});

it("what is not an overlay is rejected", async () => {
  for (const overlay of [{ openapi: "3.1.0" }, overlayOf()])
    await expect(applyOverlay(upstream, overlay)).rejects.toThrow("no OpenAPI Overlay 1.0 document");
});
