import { describe, expect, it } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import type { Json, JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";
import { CREATE, type Edit, edited, get, REFRESH, set, telnyxLike } from "./documents.ts";
import { told } from "./told.ts";

const takes = "components schemas CreateRequest";
const ttl = `${takes} properties token_ttl_secs`;
const error = "components schemas video_Error";
const made = `paths ${CREATE} post responses 201 content application/json schema properties data`;
const renewed = `paths ${REFRESH} post responses 201 content application/json schema properties data`;

/** What is told of a document that says something else. */
const toldOf = (...edits: Edit[]) => told(telnyxLike(), edited(...edits));

const place = (path: string) => get(telnyxLike(), path);

describe("a change that breaks callers is told as breaking", () => {
  it.each<[string, ...Edit[]]>([
    ["create: `token_ttl_secs` maximum 3600 → 1800", [`${ttl} maximum`, 1800]],
    ["create: `token_ttl_secs` minimum 10 → 60", [`${ttl} minimum`, 60]],
    ["create: `token_ttl_secs` multipleOf none → 10", [`${ttl} multipleOf`, 10]],
    ["create: `token_ttl_secs` type integer → string", [`${ttl} type`, "string"]],
    ["create: `token_ttl_secs` removed", [ttl, undefined]],
    ["create: `token_ttl_secs` now required", [`${takes} required`, ["token_ttl_secs"]]],
    ["create: request body additionalProperties none → false", [`${takes} additionalProperties`, false]],
    ["create: `token_ttl_secs` enum none → 600", [`${ttl} enum`, [600]]],
    ["create: request body removed", [`paths ${CREATE} post requestBody`, undefined]],
    ["refresh: 201 `data.token` removed", [`${renewed} properties token`, undefined]],
    ["create: 201 `data` removed", [made, undefined]],
    ["create: 201 `data.token` type string → integer", [`${made} properties token type`, "integer"]],
    [
      "create: 201 `data.token` type string → null, string",
      [`${made} properties token type`, ["null", "string"]],
    ],
    ["create and refresh: 403 `code` type string → integer", [`${error} properties code type`, "integer"]],
    ["create and refresh: 403 `code` no longer required", [`${error} required`, ["title"]]],
    [
      "create and refresh: 403 `source.pointer` removed",
      [`${error} properties source properties pointer`, undefined],
    ],
    [
      "server https://api.telnyx.com/v2 → https://api.telnyx.com/10dlc",
      ["servers 0 url", "https://api.telnyx.com/10dlc"],
    ],
    ["server https://api.telnyx.com/v2 → none", ["servers", undefined]],
    [
      "refresh: server https://api.telnyx.com/v2 → https://b.example",
      [`paths ${REFRESH} servers`, [{ url: "https://b.example" }]],
    ],
    ["refresh: security none → bearer", [`paths ${REFRESH} post security`, undefined]],
    [
      'create: security bearer → apiKey {"in":"header","name":"X-Key"}',
      ["components securitySchemes bearerAuth", { type: "apiKey", in: "header", name: "X-Key" }],
    ],
    [
      "create: path /rooms/{room_id}/actions/generate_join_client_token → /rooms/{room_id}/tokens",
      [`paths /rooms/{room_id}/tokens`, place(`paths ${CREATE}`)],
      [`paths ${CREATE}`, undefined],
    ],
    ["create: method POST → PUT", [`paths ${CREATE}`, { put: place(`paths ${CREATE} post`) }]],
    [
      "create: path parameter `room_id` format uuid → ulid",
      [`paths ${CREATE} post parameters 0 schema format`, "ulid"],
    ],
    [
      "create: 201 content type `application/json` removed",
      [`paths ${CREATE} post responses 201 content`, {}],
    ],
  ])("%s", (sentence, ...edits) => {
    expect(toldOf(...edits)).toEqual([`BREAKING ${sentence}`]);
  });

  it("a success of another status", () => {
    const answer = place(`paths ${CREATE} post responses 201`);
    expect(
      toldOf(
        [`paths ${CREATE} post responses 201`, undefined],
        [`paths ${CREATE} post responses 200`, answer],
      ),
    ).toEqual([
      "BREAKING create: 201 removed",
      expect.stringMatching(
        /^create: 200 added: \{ content: \{ application\/json: .*token: \{ type: string \}/,
      ),
    ]);
  });

  it("a new member or parameter that must be sent", () => {
    expect(
      toldOf([`${takes} properties region`, { type: "string" }], [`${takes} required`, ["region"]]),
    ).toEqual([
      "BREAKING create: `region` added: { type: string }",
      "BREAKING create: `region` now required",
    ]);
    const parameter = { in: "query", name: "region", required: true, schema: { type: "string" } };
    expect(toldOf([`paths ${CREATE} parameters`, [parameter]])).toEqual([
      "BREAKING create: query parameter `region` added: { in: query, name: region, required: true, schema: { type: string } }",
    ]);
  });

  it("a new member that only one of the operations must be sent", () => {
    const both: Edit[] = ["CreateRequest", "RefreshRequest"].map((name) => [
      `components schemas ${name} properties region`,
      { type: "string" },
    ]);
    expect(toldOf(...both, [`${takes} required`, ["region"]])).toEqual([
      "BREAKING create: `region` added: { type: string }",
      "BREAKING create: `region` now required",
      "refresh: `region` added: { type: string }",
    ]);
  });

  it("a renamed member of an answer", () => {
    expect(
      toldOf(
        [`${renewed} properties token`, undefined],
        [`${renewed} properties access_token`, { type: "string" }],
      ),
    ).toEqual([
      "BREAKING refresh: 201 `data.token` removed",
      "refresh: 201 `data.access_token` added: { type: string }",
    ]);
  });

  it("a list of values of which one is accepted no longer", () => {
    const before = telnyxLike();
    set(before, `${ttl} enum`, [600, 1200]);
    const after = telnyxLike();
    set(after, `${ttl} enum`, [600, 1800]);
    expect(told(before, after)).toEqual(["BREAKING create: `token_ttl_secs` enum 1200, 600 → 1800, 600"]);
  });

  it.each<[string, Json | undefined, Json | undefined]>([
    ["BREAKING create: request content type `application/json` removed", undefined, {}],
    ["create: 403 content type `application/json` removed", {}, undefined],
  ])("%s: what may be sent counts, and what succeeds", (sentence, answered, sent) => {
    const edits: Edit[] = [];
    if (answered !== undefined) edits.push([`paths ${CREATE} post responses 403`, { description: "No." }]);
    if (sent !== undefined) edits.push([`paths ${CREATE} post requestBody content`, sent]);
    expect(toldOf(...edits)).toEqual([sentence]);
  });

  it("a type where there was none, and in an answer none where there was one", () => {
    const untyped = telnyxLike();
    for (const path of [`${ttl} type`, `${made} properties token type`]) set(untyped, path, undefined);
    const [one, other] = [normalForm(telnyxLike()), normalForm(untyped)];
    const breaking = (from: JsonObject, to: JsonObject) =>
      changesBetween(from, to).flatMap(({ path, isBreaking }) => (isBreaking ? path.slice(-1) : []));
    expect(breaking(other, one)).toEqual(["properties token_ttl_secs"]);
    expect(breaking(one, other)).toEqual(["properties token"]);
  });
});

describe("a change that callers survive is told, and not as breaking", () => {
  it.each<[string, ...Edit[]]>([
    ["create: `token_ttl_secs` maximum 3600 → 7200", [`${ttl} maximum`, 7200]],
    ["create: `token_ttl_secs` maximum 3600 → none", [`${ttl} maximum`, undefined]],
    ["create: `token_ttl_secs` minimum 10 → 1", [`${ttl} minimum`, 1]],
    ["create: `token_ttl_secs` default 600 → 300", [`${ttl} default`, 300]],
    ["create: `token_ttl_secs` type integer → integer, null", [`${ttl} type`, ["integer", "null"]]],
    [
      "create: `region` added: { default: eu, enum: [ eu, us ], type: string }",
      [`${takes} properties region`, { type: "string", enum: ["us", "eu"], default: "eu" }],
    ],
    ["create: request body no longer required", [`paths ${CREATE} post requestBody required`, false]],
    ["refresh: `refresh_token` no longer required", ["components schemas RefreshRequest required", []]],
    [
      "create: 201 `data.token_expires_at` format date-time → datetime",
      [`${made} properties token_expires_at format`, "datetime"],
    ],
    ["create: 201 `data.token` now required", [`${made} required`, ["token"]]],
    ["create: 201 `data.region` added: { type: string }", [`${made} properties region`, { type: "string" }]],
    ["create: 404 added", [`paths ${CREATE} post responses 404`, { description: "No." }]],
    ["create: 403 removed", [`paths ${CREATE} post responses 403`, undefined]],
    [
      "create: 201 header `retry-after` added: { schema: { type: integer } }",
      [`paths ${CREATE} post responses 201 headers`, { "Retry-After": { schema: { type: "integer" } } }],
    ],
    [
      "create: query parameter `region` added: { in: query, name: region, schema: {} }",
      [`paths ${CREATE} parameters`, [{ in: "query", name: "region", schema: {} }]],
    ],
    [
      "create: path parameter `room_id` deprecated none → true",
      [`paths ${CREATE} post parameters 0 deprecated`, true],
    ],
    ["create: operation deprecated", [`paths ${CREATE} post deprecated`, true]],
    [
      "create: operationId CreateRoomClientToken → create_token",
      [`paths ${CREATE} post operationId`, "create_token"],
    ],
    ["create: security bearer → none", ["security", []]],
    [
      "create: request content type `application/xml` added",
      [`paths ${CREATE} post requestBody content application/xml`, {}],
    ],
    [
      "server https://api.telnyx.com/v2 → https://api.telnyx.com/v2, https://eu.example/v2",
      ["servers 1", { url: "https://eu.example/v2" }],
    ],
  ])("%s", (sentence, ...edits) => {
    expect(toldOf(...edits)).toEqual([sentence]);
  });
});

describe("the report", () => {
  const before = normalForm(telnyxLike());
  const changed: JsonObject = telnyxLike();
  set(changed, `${ttl} maximum`, 1800);
  set(changed, `${ttl} default`, 300);
  set(changed, "servers 0 url", "https://api.telnyx.com/`@someone` <b>");
  const changes = changesBetween(before, normalForm(changed));

  it("says so when nothing changed", () => {
    expect(report("text", "spec.json", [])).toBe("spec.json: nothing changed\n");
    expect(report("markdown", "spec.json", [])).toContain("nothing changed, in `spec.json`");
  });

  it("puts breaking changes first, in text", () => {
    expect(report("text", "spec.json", changes)).toBe(
      "spec.json: 3 changes, 2 breaking\n" +
        "  BREAKING server https://api.telnyx.com/v2 → https://api.telnyx.com/`@someone` <b>\n" +
        "  BREAKING create: `token_ttl_secs` maximum 3600 → 1800\n" +
        "           create: `token_ttl_secs` default 600 → 300\n",
    );
  });

  it("puts them under a heading of their own, in markdown, with Telnyx's values as code", () => {
    expect(report("markdown", "spec.json", changes)).toBe(
      "## Changes of the Telnyx API\n\n3 changes, 2 breaking, in `spec.json`.\n" +
        "\n### Breaking\n\n" +
        "- server `https://api.telnyx.com/v2` → `https://api.telnyx.com/'@someone' <b>`\n" +
        "- create: `token_ttl_secs` maximum `3600` → `1800`\n" +
        "\n### Other changes\n\n" +
        "- create: `token_ttl_secs` default `600` → `300`\n",
    );
  });
});
