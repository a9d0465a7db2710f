import { asSet, equal, isObject, type Json, type JsonObject, listAt, objectAt, sorted } from "./json.ts";
import { type Found, findOperations } from "./operations.ts";
import { resolve, type Source, Unusable } from "./refs.ts";
import { normalSchema } from "./schema.ts";

/**
 * The normal form of a Telnyx document: the facts of the two operations and nothing else. Two documents that
 * say the same about them have the same normal form, and the normal form is its own.
 *
 * It is OpenAPI 3.1.0 without `info` and without descriptions of answers, which are prose: the overlay adds
 * ours. Security stands on each operation; servers at the top when both operations have the same.
 *
 * @throws Unusable when the document is no OpenAPI 3 document or lacks an operation.
 */
export function normalForm(document: Json): JsonObject {
  const version = isObject(document) ? document["openapi"] : undefined;
  if (!isObject(document) || typeof version !== "string" || !/^3\.[01]\./.test(version)) {
    throw new Unusable("this is no OpenAPI 3.0 or 3.1 document");
  }
  const source: Source = { document, isVersion30: version.startsWith("3.0.") };
  const found = findOperations(source);
  const schemes: JsonObject = {};
  const servers = found.map((place) => normalServers(source, place));
  const [first = []] = servers;
  const isSameServer = servers.every((list) => equal(list, first));
  const paths: Record<string, JsonObject> = {};
  for (const [index, place] of found.entries()) {
    const operation = normalOperation(source, place, schemes);
    if (!isSameServer) operation["servers"] = servers[index] ?? [];
    paths[place.path] = { ...paths[place.path], [place.method]: operation };
  }
  const normal = sorted({
    openapi: "3.1.0",
    ...(isSameServer && first.length > 0 ? { servers: first } : {}),
    paths,
    ...(equal(schemes, {}) ? {} : { components: { securitySchemes: schemes } }),
  });
  return isObject(normal) ? normal : {};
}

function normalServers(source: Source, { item, operation }: Found): Json[] {
  const nearest = [operation, item, source.document].map((holder) => listAt(holder, "servers"));
  const servers = nearest.find((list) => list.length > 0) ?? [];
  return servers.map((server) => {
    const variables = Object.entries(objectAt(server, "variables")).map(
      ([name, variable]): [string, Json] => [name, pick(variable, ["default", "enum"])],
    );
    return {
      ...pick(server, ["url"]),
      ...(variables.length > 0 ? { variables: Object.fromEntries(variables) } : {}),
    };
  });
}

function normalOperation(source: Source, place: Found, schemes: JsonObject): JsonObject {
  const { operation } = place;
  const parameters = normalParameters(source, place);
  return {
    ...pick(operation, ["operationId"]),
    ...(operation["deprecated"] === true ? { deprecated: true } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation["requestBody"] === undefined
      ? {}
      : { requestBody: normalBody(source, operation["requestBody"]) }),
    responses: Object.fromEntries(
      Object.entries(objectAt(operation, "responses"))
        .filter(([status]) => !status.startsWith("x-"))
        .map(([status, response]) => [
          status.toUpperCase().replace("DEFAULT", "default"),
          normalBody(source, response),
        ]),
    ),
    security: normalSecurity(source, operation["security"] ?? source.document["security"], schemes),
  };
}

/** Of the path and of the operation, the latter's where both have one; headers that OpenAPI ignores are left out. */
function normalParameters(source: Source, { item, operation }: Found): Json[] {
  const byPlace = new Map<string, Json>();
  for (const reference of [...listAt(item, "parameters"), ...listAt(operation, "parameters")]) {
    const { value, trail } = resolve(source, reference);
    if (!isObject(value)) continue;
    const { in: where, name } = value;
    if (where === "header" && /^(accept|content-type|authorization)$/i.test(String(name))) continue;
    byPlace.set(`${where} ${name}`, { ...pick(value, ["in", "name"]), ...normalValue(source, value, trail) });
  }
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, parameter]) => parameter);
}

/** What a parameter and a header have in common. */
function normalValue(source: Source, value: JsonObject, trail: readonly string[]): JsonObject {
  const isForm = value["in"] === "query" || value["in"] === "cookie";
  const usualStyle = isForm ? "form" : "simple";
  const style = value["style"] ?? usualStyle;
  const explode = value["explode"] ?? style === "form";
  return {
    ...(value["required"] === true ? { required: true } : {}),
    ...(value["deprecated"] === true ? { deprecated: true } : {}),
    ...(value["allowEmptyValue"] === true ? { allowEmptyValue: true } : {}),
    ...(value["allowReserved"] === true ? { allowReserved: true } : {}),
    ...(style === usualStyle ? {} : { style }),
    ...(explode === (style === "form") ? {} : { explode }),
    ...(value["schema"] === undefined ? {} : { schema: normalSchema(source, value["schema"], trail) }),
    ...normalContent(source, value, trail),
  };
}

/** What a request body and a response have in common. */
function normalBody(source: Source, reference: Json): JsonObject {
  const { value, trail } = resolve(source, reference);
  const headers = Object.entries(objectAt(value, "headers")).map(([name, header]): [string, Json] => {
    const resolved = resolve(source, header, trail);
    return [
      name.toLowerCase(),
      normalValue(source, isObject(resolved.value) ? resolved.value : {}, resolved.trail),
    ];
  });
  return {
    ...(isObject(value) && value["required"] === true ? { required: true } : {}),
    ...(headers.length > 0 ? { headers: Object.fromEntries(headers) } : {}),
    ...normalContent(source, value, trail),
  };
}

function normalContent(source: Source, holder: Json, trail: readonly string[]): JsonObject {
  const content = Object.entries(objectAt(holder, "content")).map(([type, media]): [string, Json] => {
    const schema = isObject(media) ? media["schema"] : undefined;
    return [type.toLowerCase(), schema === undefined ? {} : { schema: normalSchema(source, schema, trail) }];
  });
  return content.length > 0 ? { content: Object.fromEntries(content) } : {};
}

/** `schemes` gathers what the operations use; a scheme's name is form, so bearer is always called the same. */
function normalSecurity(source: Source, security: Json | undefined, schemes: JsonObject): Json[] {
  const alternatives = Array.isArray(security) ? security : [];
  return asSet(
    alternatives.map((alternative) => {
      const scopes = Object.entries(isObject(alternative) ? alternative : {});
      return Object.fromEntries(
        scopes.map(([name, list]): [string, Json] => {
          const scheme = normalScheme(source, name);
          const isBearer = equal(scheme, { type: "http", scheme: "bearer" });
          const spelled = isBearer ? "bearerAuth" : name;
          schemes[spelled] = scheme;
          return [spelled, Array.isArray(list) ? asSet(list) : []];
        }),
      );
    }),
  );
}

function normalScheme(source: Source, name: string): JsonObject {
  const declared = objectAt(source.document["components"], "securitySchemes")[name];
  if (declared === undefined) throw new Unusable(`security names "${name}", which components does not have`);
  const { value } = resolve(source, declared);
  const facts = pick(value, ["type", "scheme", "in", "name", "flows", "openIdConnectUrl"]);
  if (typeof facts["scheme"] === "string") facts["scheme"] = facts["scheme"].toLowerCase();
  return facts;
}

function pick(from: Json, keys: readonly string[]): JsonObject {
  const picked: JsonObject = {};
  for (const key of keys) {
    const value = isObject(from) ? from[key] : undefined;
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}
