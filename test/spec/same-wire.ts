import type { JsonObject } from "../../scripts/spec/json.ts";
import { CREATE, get, REFRESH, set } from "./documents.ts";
import { createAnswer, createBody, type Edit, refer, schemas, ttl } from "./forms.ts";

/** Other documents than `telnyxLike()` of which no byte on the wire differs. */
export const SAME_WIRE: readonly (readonly [string, Edit])[] = [
  [
    "another name of a parameter in the path",
    (d) => {
      for (const path of [CREATE, REFRESH]) {
        set(d, `paths ${path} post parameters 0 name`, "id");
        set(d, `paths ${path.replace("room_id", "id")}`, get(d, `paths ${path}`));
        set(d, `paths ${path}`, undefined);
      }
    },
  ],
  [
    "an extension among the paths that looks like an operation",
    (d) => set(d, "paths x-old", get(d, `paths ${CREATE}`)),
  ],
  ["a version of OpenAPI that is later by a little", (d) => set(d, "openapi", "3.2.0")],
  ["JSON that says its charset", (d) => asMediaType(d, "application/json; charset=utf-8")],
  ["JSON in other letters", (d) => asMediaType(d, "Application/JSON;charset=UTF-8")],
  ["a slash at the end of the server", (d) => set(d, "servers 0 url", "https://api.telnyx.com/v2/")],
  [
    "the server in other letters, with its port",
    (d) => set(d, "servers 0 url", "HTTPS://API.telnyx.com:443/v2"),
  ],
  ["the version in the paths", (d) => cutElsewhere(d, "https://api.telnyx.com", "/v2")],
  [
    "more in the server than in the paths",
    (d) => {
      set(d, "servers 0 url", "https://api.telnyx.com/v2/rooms");
      for (const path of [CREATE, REFRESH]) {
        set(d, `paths ${path.replace("/rooms", "")}`, get(d, `paths ${path}`));
        set(d, `paths ${path}`, undefined);
      }
    },
  ],
  [
    "the server by variables",
    (d) => {
      set(d, "servers 0 url", "https://{host}.telnyx.com/{version}");
      set(d, "servers 0 variables", { host: { default: "api", enum: ["api"] }, version: { default: "v2" } });
    },
  ],
  [
    "variables that no server has",
    (d) => set(d, "servers 0 variables", { a: { default: "b", description: "Words." } }),
  ],
  ["the same server twice", (d) => set(d, "servers 1", { url: "https://api.telnyx.com/v2" })],
  ["no security, said in another way", (d) => set(d, `paths ${REFRESH} post security`, [{}])],
  [
    "the same way to show who you are twice",
    (d) => set(d, "security", [{ bearerAuth: [] }, { bearerAuth: [] }]),
  ],
  [
    "a scheme by its place, as OpenAPI 3.2 may",
    (d) => set(d, "security", [{ "#/components/securitySchemes/bearerAuth": [] }]),
  ],
  ["an exclusive bound of an integer", (d) => asTtl(d, { exclusiveMinimum: 9, exclusiveMaximum: 3601 })],
  [
    "an exclusive bound of OpenAPI 3.0",
    (d) => asTtl(d, { minimum: 9, exclusiveMinimum: true, maximum: 3600, exclusiveMaximum: false }),
  ],
  [
    "a bound that another one makes idle",
    (d) => asTtl(d, { minimum: 10, exclusiveMinimum: 5, maximum: 3600 }),
  ],
  ["a format that the bounds keep anyhow", (d) => set(d, `${ttl} format`, "int64")],
  ["a smaller format that they keep, too", (d) => set(d, `${ttl} format`, "int32")],
  ["an integer that is a multiple of 1", (d) => set(d, `${ttl} multipleOf`, 1)],
  ["lengths from nothing", (d) => set(d, `${schemas} video_Error properties code minLength`, 0)],
  ["items that may be anything", (d) => set(d, `${schemas} video_Error properties meta items`, {})],
  ...["oneOf", "anyOf", "allOf"].map((choice): [string, Edit] => [
    `${choice} around one schema`,
    (d) => {
      refer(d, ttl, `${schemas} Ttl`);
      set(d, ttl, { [choice]: [{ $ref: "#/components/schemas/Ttl" }] });
    },
  ]),
  [
    "data in two parts",
    (d) => {
      const data = `${createAnswer} content application/json schema properties data`;
      const { token, token_expires_at, ...others } = Object(get(d, `${data} properties`));
      const parts = [{ token, token_expires_at }, others];
      set(d, data, { allOf: parts.map((properties) => ({ type: "object", properties })) });
    },
  ],
  [
    "a body in parts of parts, one of them without type",
    (d) => {
      const { token_ttl_secs, refresh_token_ttl_secs } = Object(
        get(d, `${schemas} CreateRequest properties`),
      );
      set(d, `${schemas} Ttl`, { allOf: [{ properties: { token_ttl_secs } }, { type: "object" }] });
      set(d, `${schemas} CreateRequest`, {
        allOf: [{ $ref: "#/components/schemas/Ttl" }],
        properties: { refresh_token_ttl_secs },
      });
    },
  ],
  [
    "null for maps and lists that hold nothing",
    (d) => set(d, `${createAnswer} content application/json examples`, null),
  ],
  ["words that OpenAPI does not know", (d) => set(d, `${ttl} unit`, { $ref: "#/nowhere" })],
];

function asMediaType(document: JsonObject, mediaType: string): void {
  for (const body of [createBody, createAnswer]) {
    set(
      document,
      `${body} content`,
      Object.fromEntries([[mediaType, get(document, `${body} content application/json`)]]),
    );
  }
}

/** The same URLs, with `more` at the beginning of the paths. */
function cutElsewhere(document: JsonObject, server: string, more: string): void {
  set(document, "servers", [{ url: server }]);
  for (const path of [CREATE, REFRESH]) {
    set(document, `paths ${more}${path}`, get(document, `paths ${path}`));
    set(document, `paths ${path}`, undefined);
  }
}

function asTtl(document: JsonObject, bounds: JsonObject): void {
  set(document, ttl, { type: "integer", default: 600, ...bounds });
}
