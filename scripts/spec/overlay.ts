import { openapiOverlay, resolveJsonPath } from "openapi-format";
import { equal, isObject, type Json, type JsonObject, listAt, words } from "./json.ts";

/** The overlay does not fit its document; the message names the action, counted from 1. */
export class OverlayError extends Error {
  override readonly name = "OverlayError";
}

/** What only explains, so that it may stand beside whatever Telnyx states; and headers and parts that it states none of. */
const FREE = words("components description example examples externalDocs headers info summary tags title");
/** Under these keys stand names, and another name contradicts none of them. */
const OPEN_MAPS = words(
  "components headers parameters paths properties requestBodies responses schemas securitySchemes",
);

/**
 * `upstream` with the actions of an OpenAPI Overlay 1.0 document applied in their order.
 *
 * The overlay may only add what Telnyx does not state: an action that states, replaces or stands beside something
 * that it states must say `x-replaces: true`, so that what we once added never hides what Telnyx states now.
 *
 * @throws OverlayError when an action does not say why it is there, matches or changes nothing, or contradicts a fact.
 */
export async function applyOverlay(upstream: JsonObject, overlay: Json): Promise<JsonObject> {
  const actions = listAt(overlay, "actions");
  if (!isObject(overlay) || !String(overlay["overlay"]).startsWith("1.0.") || actions.length === 0) {
    throw new OverlayError("the overlay is no OpenAPI Overlay 1.0 document with actions");
  }
  let document = structuredClone(upstream);
  for (const [index, action] of actions.entries()) {
    document = await applyAction(document, upstream, action, `overlay action ${index + 1}`);
  }
  return document;
}

async function applyAction(document: JsonObject, upstream: JsonObject, action: Json, which: string) {
  const { description, target, update } = isObject(action) ? action : {};
  if (!isObject(action) || typeof target !== "string") throw new OverlayError(`${which} has no target`);
  if (typeof description !== "string" || description.trim() === "") {
    throw new OverlayError(`${which} (${target}) has no description that says why it is there`);
  }
  const name = `${which} "${description.trim()}" (${target})`;
  const overlaySet = { overlay: "1.0.0", actions: [{ ...action, target }] };
  const { data, resultData } = await openapiOverlay(structuredClone(document), { overlaySet });
  if (resultData["totalUnusedActions"] !== 0) throw new OverlayError(`${name} matches nothing`);
  if (equal(data, document)) throw new OverlayError(`${name} changes nothing`);
  if (action["x-replaces"] === true) return data;
  const met = targetsOf(document, upstream, target).flatMap(({ stated, pointer, isMap }) =>
    update === undefined ? [pointer] : [...factsMet(stated, update, pointer, isMap)],
  );
  if (met.length > 0) {
    throw new OverlayError(
      `${name} speaks of what Telnyx states itself, at ${[...new Set(met)].join(", ")}: ` +
        "take that out of openapi/overlay.yaml, or say x-replaces: true if our word must count",
    );
  }
  return data;
}

interface Target {
  /** What Telnyx states there. */
  readonly stated: Json;
  readonly pointer: string;
  readonly isMap: boolean;
}

/** The nodes that an action is about, as far as Telnyx states them. */
function targetsOf(document: JsonObject, upstream: JsonObject, path: string): Target[] {
  const places = new Map<unknown, Target>();
  const visit = (node: Json, target: Target) => {
    places.set(node, target);
    for (const [key, value] of Object.entries(Object(target.stated) as JsonObject)) {
      const inner = isObject(node) || Array.isArray(node) ? Reflect.get(node, key) : undefined;
      if (inner !== undefined) visit(inner, insideOf(target, key, value));
    }
  };
  visit(document, { stated: upstream, pointer: "", isMap: false });
  if (path === "$") return [...places.values()].slice(0, 1);
  return resolveJsonPath(document, path).flatMap(({ parent, key = "" }) => {
    const holder = places.get(parent);
    const stated = holder && (Object(holder.stated) as JsonObject)[key];
    return holder === undefined || stated === undefined ? [] : [insideOf(holder, String(key), stated)];
  });
}

function insideOf({ pointer, isMap }: Omit<Target, "stated">, key: string, stated: Json): Target {
  const isInnerMap = !isMap && OPEN_MAPS.has(key);
  return { stated, pointer: `${pointer}/${key.replaceAll("/", "~1")}`, isMap: isInnerMap };
}

/** The places where an update states what Telnyx states, or adds a fact beside those of Telnyx. */
function* factsMet(stated: Json, update: Json, pointer: string, isMap: boolean): Generator<string> {
  if (!isObject(stated) || !isObject(update)) {
    yield pointer;
    return;
  }
  for (const [key, value] of Object.entries(update)) {
    const { [key]: fact } = stated;
    const inner = insideOf({ pointer, isMap }, key, fact ?? null);
    if (fact !== undefined) yield* factsMet(fact, value, inner.pointer, inner.isMap);
    else if (!isMap && !FREE.has(key) && !isNoFact(key, value)) yield inner.pointer;
    else if (isMap && pointer.endsWith("/responses")) yield* coveredBy(stated, key, pointer);
  }
}

/** What upstream implies, although it does not state it. */
function isNoFact(key: string, value: Json): boolean {
  return key.startsWith("x-") || (key === "additionalProperties" && value === true);
}

/** What Telnyx states about a range that the status is in: `4XX`, or `default`. */
function* coveredBy(responses: JsonObject, status: string, pointer: string): Generator<string> {
  for (const range of [`${status.slice(0, 1)}XX`, "default"]) {
    if (range in responses && range !== status) yield `${pointer}/${range}`;
  }
}
