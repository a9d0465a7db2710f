import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { stringify } from "yaml";
import { FILES, ROOT } from "../../scripts/spec/files.ts";
import type { JsonObject } from "../../scripts/spec/json.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { parseDocument, upstreamText } from "../../scripts/spec/pull.ts";
import { CREATE, createAnswer, get, REFRESH, schemas, telnyxLike } from "./documents.ts";

const facts = normalForm(telnyxLike());

it("the normal form is the form of upstream.json, byte for byte", () => {
  const upstream = readFileSync(join(ROOT, FILES.upstream), "utf8");
  expect(upstreamText(normalForm(parseDocument(upstream)))).toBe(upstream);
});

it("the normal form does not show the order of keys", () => {
  const turned = JSON.parse(JSON.stringify(telnyxLike()), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).reverse())
      : value,
  );
  expect(JSON.stringify(normalForm(turned))).toBe(JSON.stringify(facts));
});

it("the normal form does not show whether it was YAML, or JSON after white space", () => {
  for (const text of [stringify(telnyxLike()), `\n ${JSON.stringify(telnyxLike())}`])
    expect(normalForm(parseDocument(text))).toEqual(facts);
});

it("YAML may have anchors, merge keys, numbers for statuses and dates that are text", () => {
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
