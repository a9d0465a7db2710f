import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { FILES, ROOT } from "../../scripts/spec/files.ts";
import type { Json, JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { parseDocument, upstreamText } from "../../scripts/spec/pull.ts";
import { CREATE, createAnswer, get, REFRESH, refer, schemas, set, telnyxLike, ttl } from "./documents.ts";

describe("the normal form", () => {
  const facts = normalForm(telnyxLike());

  it("is the form of upstream.json, byte for byte", async () => {
    const upstream = await readFile(join(ROOT, FILES.upstream), "utf8");
    expect(upstreamText(normalForm(parseDocument(upstream)))).toBe(upstream);
  });

  it("is its own normal form", () => {
    expect(normalForm(facts)).toEqual(facts);
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

  it("drops the prose of a member whose name is a word of JavaScript", () => {
    const document = telnyxLike();
    const member = `${schemas} CreateRequest properties`;
    const silent = { type: "string", description: "Words.", title: "A word", example: "x" };
    for (const name of ["constructor", "toString"]) set(document, `${member} ${name}`, silent);
    const kept = get(
      normalForm(document),
      `paths ${CREATE} post requestBody content application/json schema properties`,
    );
    expect(kept).toMatchObject({ constructor: { type: "string" }, toString: { type: "string" } });
    expect(JSON.stringify(kept)).not.toContain("ords");
  });

  it("takes every style of a query for a fact", () => {
    const query = (...facts: [string, Json][]) => {
      const document = telnyxLike();
      const schema = { type: "array", items: { type: "string" } };
      set(document, `paths ${CREATE} parameters`, [
        { in: "query", name: "q", schema, ...Object.fromEntries(facts) },
      ]);
      return normalForm(document);
    };
    expect(query(["allowReserved", false], ["deprecated", false])).toEqual(query());
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

  it("keeps an allOf that no single schema can say, and the order of a tuple", () => {
    const document = telnyxLike();
    const patterns = [{ type: "string", pattern: "^a" }, { pattern: "b$" }];
    set(document, `${schemas} CreateRequest properties name`, { allOf: patterns });
    const tuple = { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }] };
    set(document, `${schemas} CreateRequest properties pair`, tuple);
    const properties = get(
      normalForm(document),
      `paths ${CREATE} post requestBody content application/json schema properties`,
    );
    expect(properties).toMatchObject({
      name: { type: "string", pattern: "^a", allOf: [{ pattern: "b$" }] },
      pair: tuple,
    });
  });

  it("puts servers on refresh when create has others", () => {
    const document = telnyxLike();
    set(document, `paths ${REFRESH} servers`, [{ url: "https://rooms.telnyx.com/v2" }]);
    const normal = normalForm(document);
    expect(get(normal, "servers 0 url")).toBe("https://api.telnyx.com/v2");
    expect(get(normal, `paths ${CREATE} post`)).not.toHaveProperty("servers");
    expect(get(normal, `paths ${REFRESH} post servers 0 url`)).toBe("https://rooms.telnyx.com/v2");
    expect(normalForm(normal)).toEqual(normal);
  });
});
