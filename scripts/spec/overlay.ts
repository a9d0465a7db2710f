import { openapiOverlay } from "openapi-format";
import { equal, isObject, type Json, type JsonObject, listAt } from "./json.ts";

/** The overlay does not fit its document; the message names the action, which `index` counts from 0. */
export class OverlayError extends Error {
  override readonly name = "OverlayError";
  readonly index: number | undefined;

  constructor(message: string, index?: number) {
    super(index === undefined ? message : `overlay action ${index + 1} ${message}`);
    this.index = index;
  }
}

/**
 * `upstream` with the actions of an OpenAPI Overlay 1.0 document applied in their order.
 *
 * The overlay may add to what upstream states, and contradict it only where the action says `x-replaces: true`,
 * so that a fact that changes upstream can never be hidden by an old word of ours.
 *
 * @throws OverlayError when an action does not say why it is there, matches or changes nothing, or contradicts.
 */
export async function applyOverlay(upstream: JsonObject, overlay: Json): Promise<JsonObject> {
  const actions = listAt(overlay, "actions");
  if (!isObject(overlay) || !String(overlay["overlay"]).startsWith("1.0.") || actions.length === 0) {
    throw new OverlayError("the overlay is no OpenAPI Overlay 1.0 document with actions");
  }
  let document = structuredClone(upstream);
  for (const [index, action] of actions.entries()) {
    document = await applyAction(document, upstream, action, index);
  }
  return document;
}

async function applyAction(
  document: JsonObject,
  upstream: JsonObject,
  action: Json,
  index: number,
): Promise<JsonObject> {
  const { description, target } = isObject(action) ? action : {};
  if (!isObject(action) || typeof target !== "string") throw new OverlayError("has no target", index);
  if (typeof description !== "string" || description.trim() === "") {
    throw new OverlayError(`(${target}) has no description that says why it is there`, index);
  }
  const name = `"${description.trim()}" (${target})`;
  const overlaySet = { overlay: "1.0.0", actions: [{ ...action, target }] };
  const { data, resultData } = await openapiOverlay(structuredClone(document), { overlaySet });
  if (resultData["totalUnusedActions"] !== 0) throw new OverlayError(`${name} matches nothing`, index);
  if (equal(data, document)) throw new OverlayError(`${name} changes nothing`, index);
  const places = [...contradictions(upstream, document, data)].join(", ");
  if (places !== "" && action["x-replaces"] !== true) {
    const advice = "say x-replaces: true if it must";
    throw new OverlayError(`${name} changes what upstream states at ${places}: ${advice}`, index);
  }
  return data;
}

/** Where `after` no longer has what `before` had, of all that upstream states. */
function* contradictions(
  stated: Json,
  before: Json | undefined,
  after: Json | undefined,
  pointer = "",
): Generator<string> {
  if (equal(before, after)) return;
  if (isObject(stated) && isObject(before) && isObject(after)) {
    for (const [key, value] of Object.entries(stated)) {
      yield* contradictions(value, before[key], after[key], `${pointer}/${key.replaceAll("/", "~1")}`);
    }
  } else if (Array.isArray(stated) && Array.isArray(after) && stated.length === after.length) {
    for (const [index, value] of stated.entries()) {
      const had = Array.isArray(before) ? before[index] : undefined;
      yield* contradictions(value, had, after[index], `${pointer}/${index}`);
    }
  } else yield pointer;
}
