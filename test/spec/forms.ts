import type { JsonObject } from "../../scripts/spec/json.ts";
import { CREATE, get, REFRESH, set } from "./documents.ts";

/** Changes a document in place. */
export type Edit = (document: JsonObject) => void;

export const createBody = `paths ${CREATE} post requestBody`;
export const createAnswer = `paths ${CREATE} post responses 201`;
const roomId = `paths ${CREATE} post parameters 0`;
export const schemas = "components schemas";
export const ttl = `${schemas} CreateRequest properties token_ttl_secs`;

/** Moves what stands at `from` to `to` and leaves a reference behind. */
export function refer(document: JsonObject, from: string, to: string): void {
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

/** Ways to say the very same that `telnyxLike()` says. */
export const FORMS: readonly (readonly [string, Edit])[] = [
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
    "a reference to the members of a schema",
    (d) => refer(d, `${schemas} video_Error properties source properties`, `${schemas} Source properties`),
  ],
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
      for (const word of ["nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"])
        set(d, `${ttl} ${word}`, false);
      set(d, `${schemas} CreateRequest required`, []);
    },
  ],
  ["maps that hold nothing", (d) => set(d, `${createAnswer} headers`, null)],
  [
    "allOf around one schema",
    (d) => {
      set(d, `${createBody} content application/json schema`, {
        description: "Wrapped.",
        allOf: [{ $ref: "#/components/schemas/CreateRequest" }],
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
    "other operations of the same tag, of one operationId, or dangling",
    (d) => {
      const operation = { operationId: "Same", tags: ["Rooms Client Tokens"], responses: {} };
      set(d, "paths /one", { post: operation, get: { requestBody: { $ref: "#/nowhere" } } });
      set(d, "paths /two", { post: operation });
      set(d, "paths /three", { $ref: "#/nowhere" });
    },
  ],
];
