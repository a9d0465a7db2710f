import { added, type Change, code, type Difference, type Direction, removed } from "./change.ts";
import { equal, isObject, type Json, type JsonObject, listAt, objectAt } from "./json.ts";
import { type Found, findOperations } from "./operations.ts";
import { schemaChanges } from "./schema-changes.ts";

/** All that differs between two documents in normal form; empty exactly when they are the same. */
export function changesBetween(before: JsonObject, after: JsonObject): Change[] {
  const was = findOperations({ document: before, isVersion30: false });
  const is = findOperations({ document: after, isVersion30: false });
  const shared = new Map<string, Change>();
  for (const found of is) {
    const old = was.find(({ name }) => name === found.name);
    if (old === undefined) continue;
    for (const difference of operationChanges(before, after, old, found)) {
      const key = JSON.stringify(difference);
      const operations = [...(shared.get(key)?.operations ?? []), found.name];
      shared.set(key, { operations, ...difference });
    }
  }
  if (shared.size === 0 && !equal(before, after)) {
    return [
      { operations: [], subject: "openapi/upstream.json", what: "changed elsewhere", isBreaking: false },
    ];
  }
  return [...shared.values()];
}

function* operationChanges(
  before: JsonObject,
  after: JsonObject,
  old: Found,
  now: Found,
): Generator<Difference> {
  yield* identityChanges(old, now);
  const servers = { before: serversOf(before, old), after: serversOf(after, now) };
  if (!equal(servers.before, servers.after)) {
    const isBreaking = servers.before.some((server) => !servers.after.includes(server));
    yield {
      subject: "server",
      what: "",
      before: list(servers.before),
      after: list(servers.after),
      isBreaking,
    };
  }
  yield* securityChanges(before, after, old, now);
  const [had, has] = [old.operation, now.operation];
  if (!equal(had["deprecated"], has["deprecated"])) {
    yield {
      subject: "operation",
      what: has["deprecated"] ? "deprecated" : "no longer deprecated",
      isBreaking: false,
    };
  }
  yield* parameterChanges(had, has);
  yield* bodyChanges(had, has);
  yield* responseChanges(objectAt(had, "responses"), objectAt(has, "responses"));
}

function* identityChanges(old: Found, now: Found): Generator<Difference> {
  const [oldId, newId] = [old.operation["operationId"], now.operation["operationId"]];
  if (!equal(oldId, newId)) {
    yield { subject: "operationId", what: "", before: oldId, after: newId, isBreaking: false };
  }
  if (old.path !== now.path) {
    yield { subject: "path", what: "", before: old.path, after: now.path, isBreaking: true };
  }
  if (old.method !== now.method) {
    const [before, after] = [old.method.toUpperCase(), now.method.toUpperCase()];
    yield { subject: "method", what: "", before, after, isBreaking: true };
  }
}

function serversOf(document: JsonObject, { operation }: Found): string[] {
  const servers =
    operation["servers"] === undefined ? listAt(document, "servers") : listAt(operation, "servers");
  return servers.map((server) => {
    const { url = "", variables } = isObject(server) ? server : {};
    return variables === undefined ? String(url) : `${url} ${JSON.stringify(variables)}`;
  });
}

/** No server at all is told as "none". */
function list(texts: readonly string[]): string | undefined {
  return texts.length > 0 ? texts.join(", ") : undefined;
}

function* securityChanges(
  before: JsonObject,
  after: JsonObject,
  old: Found,
  now: Found,
): Generator<Difference> {
  const was = waysIn(before, old.operation);
  const is = waysIn(after, now.operation);
  if (equal(was, is)) return;
  const isBreaking = !is.includes("none") && was.some((way) => !is.includes(way));
  yield { subject: "security", what: "", before: was.join(" or "), after: is.join(" or "), isBreaking };
}

/** The ways in which a caller may show who it is, each in words. */
function waysIn(document: JsonObject, operation: JsonObject): string[] {
  const alternatives = listAt(operation, "security");
  if (alternatives.length === 0) return ["none"];
  const schemes = objectAt(objectAt(document, "components"), "securitySchemes");
  return alternatives.map((alternative) => {
    const needed = Object.entries(isObject(alternative) ? alternative : {});
    const words = needed.map(([name, scopes]) => {
      const { type, scheme, in: where, name: key, flows, openIdConnectUrl } = objectAt(schemes, name);
      const detail = { flows, openIdConnectUrl, scopes: equal(scopes, []) ? undefined : scopes };
      const told = JSON.stringify(detail) === "{}" ? "" : ` ${JSON.stringify(detail)}`;
      if (type === "http") return `${scheme}${told}`;
      return type === "apiKey" ? `key in ${where} ${key}${told}` : `${type} ${name}${told}`;
    });
    return words.length > 0 ? words.join(" and ") : "none";
  });
}

function* parameterChanges(old: JsonObject, now: JsonObject): Generator<Difference> {
  const [had, has] = [old, now].map((operation) => {
    const parameters = listAt(operation, "parameters").filter(isObject);
    return new Map(parameters.map((one) => [`${one["in"]} parameter ${code(String(one["name"]))}`, one]));
  });
  for (const subject of new Set([...(had?.keys() ?? []), ...(has?.keys() ?? [])])) {
    const [before, after] = [had?.get(subject), has?.get(subject)];
    if (before !== undefined && after !== undefined) yield* valueChanges(subject, "request", before, after);
    else if (before !== undefined) yield removed(subject, true);
    else yield added(subject, after?.["required"] === true);
  }
}

/** A parameter or a header. */
function* valueChanges(
  subject: string,
  direction: Direction,
  before: JsonObject,
  after: JsonObject,
): Generator<Difference> {
  yield* requiredChange(subject, direction, before, after);
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (["required", "schema", "content"].includes(key) || equal(before[key], after[key])) continue;
    const isBreaking = direction === "request" && key !== "deprecated";
    yield { subject, what: key, before: before[key], after: after[key], isBreaking };
  }
  const place = { whole: subject, prefix: `${subject} `, name: "", direction };
  yield* schemaChanges(place, before["schema"] ?? {}, after["schema"] ?? {});
  yield* contentChanges(`${subject} `, direction, before, after);
}

function* requiredChange(
  subject: string,
  direction: Direction,
  before: JsonObject,
  after: JsonObject,
): Generator<Difference> {
  if (equal(before["required"], after["required"])) return;
  const isNow = after["required"] === true;
  yield {
    subject,
    what: isNow ? "now required" : "no longer required",
    isBreaking: isNow === (direction === "request"),
  };
}

function* bodyChanges(old: JsonObject, now: JsonObject): Generator<Difference> {
  const [before, after] = [old["requestBody"], now["requestBody"]];
  if (isObject(before) && isObject(after)) {
    yield* requiredChange("request body", "request", before, after);
    yield* contentChanges("", "request", before, after);
  } else if (before !== undefined) yield removed("request body", true);
  else if (isObject(after)) yield added("request body", after["required"] === true);
}

function* responseChanges(had: JsonObject, has: JsonObject): Generator<Difference> {
  for (const status of new Set([...Object.keys(had), ...Object.keys(has)])) {
    const isSuccess = status.startsWith("2");
    if (has[status] === undefined) yield removed(status, isSuccess);
    else if (had[status] === undefined) yield added(status);
    else {
      const [before, after] = [objectAt(had, status), objectAt(has, status)];
      yield* contentChanges(`${status} `, "response", before, after);
      yield* headerChanges(`${status} header `, objectAt(before, "headers"), objectAt(after, "headers"));
    }
  }
}

function* headerChanges(prefix: string, had: JsonObject, has: JsonObject): Generator<Difference> {
  for (const name of new Set([...Object.keys(had), ...Object.keys(has)])) {
    const subject = `${prefix}${code(name)}`;
    if (has[name] === undefined) yield removed(subject, false);
    else if (had[name] === undefined) yield added(subject);
    else yield* valueChanges(subject, "response", objectAt(had, name), objectAt(has, name));
  }
}

/** Members of a JSON body are told by their names alone, those of another media type with it. */
function* contentChanges(
  prefix: string,
  direction: Direction,
  before: JsonObject,
  after: JsonObject,
): Generator<Difference> {
  const [had, has] = [objectAt(before, "content"), objectAt(after, "content")];
  const isError = direction === "response" && !prefix.startsWith("2");
  for (const type of new Set([...Object.keys(had), ...Object.keys(has)])) {
    const subject = `${prefix || "request "}content type ${code(type)}`;
    if (has[type] === undefined) yield removed(subject, !isError);
    else if (had[type] === undefined) yield added(subject);
    else {
      const named = type === "application/json" ? prefix : `${prefix}${type} `;
      const place = { whole: `${named || "request "}body`, prefix: named, name: "", direction };
      yield* schemaChanges(place, schemaOf(had[type]), schemaOf(has[type]));
    }
  }
}

function schemaOf(media: Json | undefined): Json {
  return isObject(media) ? (media["schema"] ?? {}) : {};
}
