import type { Change } from "./changes.ts";
import type { Json } from "./json.ts";
import type { Step } from "./view.ts";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];
type Texts = readonly string[];
type Show = (value: string) => string;

/** The changes as a reviewer reads them; breaking ones first. `source` is the document that was pulled. */
export function report(format: Format, source: string, all: readonly Change[], notes: Texts = []): string {
  const breaking = all.filter(({ isBreaking }) => isBreaking);
  const others = all.filter(({ isBreaking }) => !isBreaking);
  const sentences = (some: Change[], mark: string, show: Show) =>
    some.map((one) => mark + sentence(one, show));
  if (format === "json") {
    const changes = [...breaking, ...others].map((one) => ({ ...inWords(one), text: sentence(one, asText) }));
    const noted = notes.length > 0 ? { notes } : {};
    const whole = { source, ...noted, changed: all.length > 0, breaking: breaking.length > 0, changes };
    return `${JSON.stringify(whole, null, 2)}\n`;
  }
  const count = `${all.length} ${all.length === 1 ? "change" : "changes"}, ${breaking.length || "none"} breaking`;
  const summary = all.length === 0 ? "nothing changed" : count;
  if (format === "text") {
    const changes = [...sentences(breaking, "BREAKING ", asText), ...sentences(others, "         ", asText)];
    const noted = notes.map((note) => `note: ${note}`);
    return `${[`${source}: ${summary}`, ...changes, ...noted].join("\n  ")}\n`;
  }
  const list = (title: string, some: Change[]) =>
    some.length > 0 ? [[`### ${title}\n`, ...sentences(some, "- ", asCode)].join("\n")] : [];
  const head = ["## Changes of the Telnyx API", `${summary}, in ${asCode(source)}.`];
  const lists = [...list("Breaking", breaking), ...list("Other changes", others)];
  return `${[...head, ...notes.map((note) => `${note}.`), ...lists].join("\n\n")}\n`;
}

/** Such as "create: `token_ttl_secs` maximum 3600 → 1800". */
function sentence(change: Change, show: Show): string {
  const { operations, subject, what, before, after } = inWords(change);
  const who = subject === "server" && operations.length > 1 ? "" : `${operations.join(" and ")}:`;
  const [was, is] = [before, after].map((value) =>
    value === undefined ? "none" : show(onOneLine(value, String(before) === String(after))),
  );
  const values = before === undefined && after === undefined ? "" : `${was} → ${is}`;
  return [who, subject, what, values].filter((part) => part !== "").join(" ");
}

/** Texts stand without quotes, unless they look like what they differ from. */
function onOneLine(value: Json, isQuoted: boolean): string {
  const spelled = (one: Json) => (typeof one === "string" && !isQuoted ? one : JSON.stringify(one));
  return [value].flat().map(spelled).join(", ").replaceAll(/\s+/g, " ");
}

/** A change in the words of the report, in the order of its JSON. */
function inWords({ operations, place, event, keyword = "", before, after, isBreaking }: Change) {
  const [was, is] = event === "changed" ? [before, after] : [];
  const happened = `${event} ${keyword}`.trim().replace("added ", "added, ");
  const what = event === "changed" ? keyword : happened;
  if (place.length > 0)
    return { operations, subject: subjectOf(place), what, before: was, after: is, isBreaking };
  if (keyword === "deprecated")
    return { operations, subject: "operation", what: what.replace("now ", ""), isBreaking };
  const between = keyword === "security" ? " or " : ", ";
  const listed = (value: Json | undefined) => [value ?? []].flat().join(between) || undefined;
  const subject = keyword.replace("servers", "server");
  return { operations, subject, what: "", before: listed(was), after: listed(is), isBreaking };
}

/** How the way into a list or a map is written, such as `data.errors[].code`. */
const INNER: Readonly<Record<string, string>> = { items: "[]", additionalProperties: ".*" };

/** What a change is about, such as "201 `data.token`". */
function subjectOf(place: readonly Step[]): string {
  const nameAt = (wanted: string) => place.find(([key]) => key === wanted)?.[1] ?? "";
  const parameter = nameAt("parameters").replace(
    /^(\S+) (.*)$/s,
    (_, where, name) => `${where} parameter ${asCode(name)}`,
  );
  const [where, mediaType] = [parameter || nameAt("responses"), nameAt("content")];
  if (place.at(-1)?.[0] === "content") return `${where || "request"} content type ${asCode(mediaType)}`;
  const steps = place.map(([key, name]) => (key === "properties" ? `.${name}` : (INNER[key] ?? "")));
  const member = steps.join("").replace(/^\./, "");
  const otherType = mediaType === "application/json" ? "" : mediaType;
  const body = where === "" && otherType === "" ? "request body" : mediaType && "body";
  return [where, otherType, member === "" ? body : asCode(member)].filter((word) => word !== "").join(" ");
}

const asText = (value: string) => value;

/** What Telnyx wrote is quoted as code, so that nothing in it is taken for markup or a mention. */
function asCode(value: string): string {
  return `\`${value.replaceAll("`", "'")}\``;
}
