import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { FILES, ROOT } from "../../scripts/spec/files.ts";
import type { Json, JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { upstreamText } from "../../scripts/spec/pull.ts";
import { parseDocument } from "../../scripts/spec/read.ts";
import { CREATE, get, REFRESH, set, telnyxLike } from "./documents.ts";

type Edit = (document: JsonObject) => void;

const createBody = `paths ${CREATE} post requestBody`;
const createAnswer = `paths ${CREATE} post responses 201`;
const roomId = `paths ${CREATE} post parameters 0`;
const schemas = "components schemas";
const ttl = `${schemas} CreateRequest properties token_ttl_secs`;

/** Moves what stands at `from` to `to` and leaves a reference behind. */
function refer(document: JsonObject, from: string, to: string): void {
  const value = get(document, from);
  const keys = to.split(" ");
  for (let depth = 1; depth < keys.length; depth++) {
    const group = keys.slice(0, depth).join(" ");
    try {
      get(document, group);
    } catch {
      set(document, group, {});
    }
  }
  set(document, to, value);
  set(document, from, { $ref: `#/${keys.map((key) => key.replaceAll("/", "~1")).join("/")}` });
}

const FORMS: readonly (readonly [string, Edit])[] = [
  ["OpenAPI 3.0", (d) => set(d, "openapi", "3.0.0")],
  ["a referenced request body", (d) => refer(d, createBody, "components requestBodies Create")],
  ["a referenced parameter", (d) => refer(d, roomId, "components parameters room")],
  ["a referenced answer", (d) => refer(d, createAnswer, "components responses Created")],
  ["a referenced path item", (d) => refer(d, `paths ${CREATE}`, "components pathItems create")],
  [
    "a reference to a reference",
    (d) => {
      refer(d, createAnswer, "components responses Created");
      refer(d, "components responses Created", "components responses Created2");
    },
  ],
  ["a reference into another operation", (d) => refer(d, `paths ${REFRESH} post parameters 0`, roomId)],
  ["references nested in schemas", (d) => refer(d, ttl, `${schemas} Ttl`)],
  [
    "prose beside a reference",
    (d) => {
      refer(d, ttl, `${schemas} Ttl`);
      set(d, `${ttl} description`, "Seconds.");
    },
  ],
  [
    "a renamed schema",
    (d) => {
      refer(d, `${schemas} video_Error`, `${schemas} Error`);
      set(d, "components responses Forbidden content application/json schema", {
        $ref: "#/components/schemas/Error",
      });
    },
  ],
  [
    "inlined schemas",
    (d) => {
      set(d, `${createBody} content application/json schema`, get(d, `${schemas} CreateRequest`));
    },
  ],
  [
    "parameters of the path",
    (d) => {
      set(d, `paths ${CREATE} parameters`, get(d, `paths ${CREATE} post parameters`));
      set(d, `paths ${CREATE} post parameters`, undefined);
    },
  ],
  [
    "a parameter of the path that the operation repeats",
    (d) => {
      set(d, `paths ${CREATE} parameters`, [{ in: "path", name: "room_id", required: true, schema: {} }]);
    },
  ],
  [
    "usual parameter styles spelled out",
    (d) => {
      set(d, `${roomId} style`, "simple");
      set(d, `${roomId} explode`, false);
      set(d, `${roomId} deprecated`, false);
    },
  ],
  [
    "header parameters that OpenAPI ignores",
    (d) => {
      const header = { in: "header", name: "Authorization", schema: { type: "string" } };
      set(d, `paths ${CREATE} post parameters`, [header, get(d, roomId)]);
    },
  ],
  [
    "servers of the path items",
    (d) => {
      for (const path of [CREATE, REFRESH]) set(d, `paths ${path} servers`, get(d, "servers"));
      set(d, "servers", [{ url: "https://elsewhere.example" }]);
    },
  ],
  [
    "servers of the operations",
    (d) => {
      for (const path of [CREATE, REFRESH]) set(d, `paths ${path} post servers`, get(d, "servers"));
      set(d, "servers", undefined);
    },
  ],
  [
    "security on the operation",
    (d) => {
      set(d, `paths ${CREATE} post security`, get(d, "security"));
      set(d, "security", undefined);
      set(d, `paths ${REFRESH} post security`, undefined);
    },
  ],
  [
    "a renamed bearer scheme",
    (d) => {
      set(d, "components securitySchemes", {
        "rooms bearer": { type: "http", scheme: "Bearer", bearerFormat: "JWT", description: "A key." },
      });
      set(d, "security", [{ "rooms bearer": [] }]);
    },
  ],
  ["no type beside properties", (d) => set(d, `${schemas} video_Error type`, undefined)],
  [
    "an object that may hold anything, said in other ways",
    (d) => {
      set(d, `${schemas} video_Error properties meta additionalProperties`, undefined);
      set(d, `${schemas} video_Error additionalProperties`, {});
    },
  ],
  ["a type as a list of one", (d) => set(d, `${ttl} type`, ["integer"])],
  [
    "what is so anyhow, spelled out",
    (d) => {
      const off = ["nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"];
      for (const word of [...off, "exclusiveMinimum", "exclusiveMaximum"]) set(d, `${ttl} ${word}`, false);
      for (const word of ["minLength", "minItems", "minProperties"]) set(d, `${ttl} ${word}`, 0);
      set(d, `${schemas} CreateRequest unevaluatedProperties`, true);
      set(d, `${schemas} CreateRequest required`, []);
      set(d, `${schemas} RefreshRequest properties refresh_token minLength`, 0);
    },
  ],
  [
    "allOf around one schema",
    (d) => {
      set(d, `${createBody} content application/json schema`, {
        description: "Wrapped.",
        allOf: [{ $ref: "#/components/schemas/CreateRequest" }],
      });
    },
  ],
  [
    "oneOf with one choice",
    (d) => {
      set(d, `${createBody} content application/json schema`, {
        oneOf: [{ $ref: "#/components/schemas/CreateRequest" }],
      });
    },
  ],
  [
    "allOf of parts",
    (d) => {
      const { refresh_token, token_ttl_secs } = get(d, `${schemas} RefreshRequest properties`) as JsonObject;
      set(d, `${schemas} RefreshRequest`, {
        allOf: [
          { type: "object", properties: { token_ttl_secs: token_ttl_secs ?? null } },
          { properties: { refresh_token: refresh_token ?? null }, required: ["refresh_token"] },
        ],
        required: [],
      });
    },
  ],
  ["another order of required members", (d) => set(d, `${schemas} video_Error required`, ["title", "code"])],
  [
    "examples of all kinds",
    (d) => {
      set(d, `${ttl} examples`, [600]);
      set(d, `${createBody} content application/json examples`, { some: { value: {} } });
      set(d, `${roomId} example`, "6f1e2a44-93b5-4c1d-8a07-5b2f0e9d7c31");
    },
  ],
  [
    "vendor extensions everywhere",
    (d) => {
      for (const place of [
        `${ttl} x-a`,
        `${createBody} x-a`,
        `${createAnswer} x-a`,
        `${roomId} x-a`,
        "paths x-a",
      ]) {
        set(d, place, { $ref: "#/nowhere" });
      }
      set(d, `paths ${CREATE} post responses x-a`, {});
    },
  ],
  [
    "links, callbacks and tags",
    (d) => {
      set(d, `paths ${CREATE} post callbacks`, {});
      set(d, `${createAnswer} links`, { next: { operationId: "ListRooms" } });
      set(d, `paths ${CREATE} post tags`, ["Other"]);
    },
  ],
  [
    "media types in capitals",
    (d) => {
      set(d, `${createAnswer} content`, {
        "Application/JSON": get(d, `${createAnswer} content application/json`),
      });
    },
  ],
  [
    "other operations of the same tag, of one operationId, or dangling",
    (d) => {
      const operation = { operationId: "Same", tags: ["Rooms Client Tokens"], responses: {} };
      set(d, "paths /one", { post: operation, get: { requestBody: { $ref: "#/nowhere" } } });
      set(d, "paths /two", { post: operation });
      set(d, "paths /three", { $ref: "#/nowhere" });
    },
  ],
];

describe("the normal form", () => {
  const facts = normalForm(telnyxLike());

  it("is the form of upstream.json, byte for byte", async () => {
    const upstream = await readFile(join(ROOT, FILES.upstream), "utf8");
    expect(upstreamText(normalForm(parseDocument(upstream)))).toBe(upstream);
  });

  it("is its own normal form", () => {
    expect(normalForm(facts)).toEqual(facts);
  });

  it.each(FORMS)("does not show %s", (_form, edit) => {
    const document = telnyxLike();
    const before = JSON.stringify(document);
    edit(document);
    expect(JSON.stringify(document), "the edit did nothing").not.toBe(before);
    expect(normalForm(document)).toEqual(facts);
  });

  it("does not show the order of keys, nor whether it was YAML", () => {
    const turned = JSON.parse(JSON.stringify(telnyxLike()), (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(JSON.stringify(normalForm(turned))).toBe(JSON.stringify(facts));
    expect(normalForm(parseDocument(stringify(telnyxLike())))).toEqual(facts);
    expect(normalForm(parseDocument(`\n ${JSON.stringify(turned)}`))).toEqual(facts);
  });

  it("reads YAML with anchors, merge keys, numbers for statuses and dates that are text", () => {
    const { CreateRequest, RefreshRequest, video_Error } = get(telnyxLike(), schemas) as JsonObject;
    const yaml = `
openapi: 3.0.3
info: {title: t, version: 2024-01-01}
servers: [{url: https://api.telnyx.com/v2}]
components:
  securitySchemes: {bearerAuth: {type: http, scheme: bearer}}
  schemas: ${JSON.stringify({ CreateRequest, RefreshRequest, video_Error })}
paths:
  ${CREATE}:
    post: &create
      operationId: CreateRoomClientToken
      security: [bearerAuth: []]
      parameters: &room
        - {in: path, name: room_id, required: true, schema: {type: string, format: uuid}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/CreateRequest'}}}
      responses: &answers
        201: ${JSON.stringify(get(telnyxLike(), createAnswer))}
        403: {description: no, content: {application/json: {schema: {$ref: '#/components/schemas/video_Error'}}}}
  ${REFRESH}:
    post:
      <<: *create
      operationId: RefreshRoomClientToken
      security: []
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/RefreshRequest'}}}
      responses:
        <<: *answers
        201: ${JSON.stringify(get(telnyxLike(), `paths ${REFRESH} post responses 201`))}
`;
    expect(normalForm(parseDocument(yaml))).toEqual(facts);
  });

  it("tells nullable the same way in both versions of OpenAPI", () => {
    const old = telnyxLike();
    set(old, "openapi", "3.0.3");
    set(old, `${ttl} nullable`, true);
    const now = telnyxLike();
    set(now, `${ttl} type`, ["null", "integer"]);
    const choice = telnyxLike();
    set(choice, ttl, { anyOf: [{ type: "null" }, get(choice, ttl)] });
    expect(normalForm(old)).toEqual(normalForm(now));
    expect(normalForm(choice)).toEqual(normalForm(now));
    expect(normalForm(now)).not.toEqual(facts);
  });

  it("tells exclusive bounds the same way in both versions of OpenAPI", () => {
    const old = telnyxLike();
    set(old, "openapi", "3.0.3");
    set(old, `${ttl} exclusiveMinimum`, true);
    const now = telnyxLike();
    set(now, `${ttl} exclusiveMinimum`, 10);
    set(now, `${ttl} minimum`, undefined);
    expect(normalForm(old)).toEqual(normalForm(now));
    expect(normalForm(now)).not.toEqual(facts);
  });

  it("counts what stands beside a reference in OpenAPI 3.1 alone", () => {
    const document = telnyxLike();
    refer(document, ttl, `${schemas} Ttl`);
    set(document, `${ttl} multipleOf`, 5);
    expect(normalForm(document)).not.toEqual(facts);
    set(document, "openapi", "3.0.3");
    expect(normalForm(document)).toEqual(facts);
  });

  it("keeps members whose names are words of OpenAPI", () => {
    const names = ["title", "description", "example", "examples", "x-thing", "default", "type", "properties"];
    const document = telnyxLike();
    for (const name of names)
      set(document, `${createAnswer} content application/json schema properties ${name}`, {});
    const kept = get(normalForm(document), `${createAnswer} content application/json schema properties`);
    expect(kept).toMatchObject(Object.fromEntries(names.map((name) => [name, {}])));
  });

  it("takes the usual style of a query for the usual, and any other for a fact", () => {
    const query = (...facts: [string, Json][]) => {
      const document = telnyxLike();
      const schema = { type: "array", items: { type: "string" } };
      set(document, `paths ${CREATE} parameters`, [
        { in: "query", name: "q", schema, ...Object.fromEntries(facts) },
      ]);
      return normalForm(document);
    };
    expect(query(["style", "form"], ["explode", true], ["allowReserved", false])).toEqual(query());
    for (const fact of [
      ["style", "pipeDelimited"],
      ["explode", false],
      ["allowReserved", true],
      ["deprecated", true],
    ]) {
      const [name = "", value = null] = fact;
      const normal = query([String(name), value]);
      expect(get(normal, `paths ${CREATE} post parameters 1`)).toMatchObject({ [String(name)]: value });
      expect(normalForm(normal)).toEqual(normal);
    }
  });

  it("keeps an allOf whose parts contradict each other, and the order of a tuple", () => {
    const document = telnyxLike();
    set(document, ttl, { allOf: [{ type: "integer", maximum: 3600 }, { maximum: 1800 }] });
    const tuple = { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }] };
    set(document, `${schemas} CreateRequest properties pair`, tuple);
    const properties = get(
      normalForm(document),
      `paths ${CREATE} post requestBody content application/json schema properties`,
    );
    expect(properties).toMatchObject({
      token_ttl_secs: { allOf: [{ maximum: 1800 }, { maximum: 3600, type: "integer" }] },
      pair: tuple,
    });
  });

  it("puts servers on the operations when they differ", () => {
    const document = telnyxLike();
    set(document, `paths ${REFRESH} servers`, [{ url: "https://rooms.telnyx.com/v2" }]);
    const normal = normalForm(document);
    expect(normal["servers"]).toBeUndefined();
    expect(get(normal, `paths ${CREATE} post servers 0 url`)).toBe("https://api.telnyx.com/v2");
    expect(get(normal, `paths ${REFRESH} post servers 0 url`)).toBe("https://rooms.telnyx.com/v2");
    expect(normalForm(normal)).toEqual(normal);
  });
});
