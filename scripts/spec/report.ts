import type { Change } from "./changes.ts";
import type { Json } from "./json.ts";
import { isSchema, type Kind, kindAt } from "./view.ts";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];
type Texts = readonly string[];

/** The changes as a reviewer reads them; breaking ones first. `source` is the document that was pulled. */
export function report(format: Format, source: string, all: readonly Change[], notes: Texts = []): string {
  const breaking = all.filter(({ isBreaking }) => isBreaking);
  const others = all.filter(({ isBreaking }) => !isBreaking);
  if (format === "json") {
    const changes = [...breaking, ...others].map((one) => ({ ...inWords(one), text: sentence(one, asText) }));
    const noted = notes.length > 0 ? { notes } : {};
    const whole = { source, ...noted, changed: all.length > 0, breaking: breaking.length > 0, changes };
    return `${JSON.stringify(whole, null, 2)}\n`;
  }
  const count = `${all.length} ${all.length === 1 ? "change" : "changes"}, ${breaking.length || "none"} breaking`;
  const summary = all.length === 0 ? "nothing changed" : count;
  const show = format === "text" ? asText : asCode;
  const [bad = [], fine = []] = [breaking, others].map((some) => some.map((one) => sentence(one, show)));
  return format === "text"
    ? text(`${source}: ${summary}`, bad, fine, notes)
    : markdown(`${summary}, in ${asCode(source)}.`, bad, fine, notes);
}

function text(summary: string, breaking: Texts, others: Texts, notes: Texts): string {
  const changes = [...breaking.map((one) => `BREAKING ${one}`), ...others.map((one) => `         ${one}`)];
  return [summary, ...changes, ...notes.map((note) => `note: ${note}`)].join("\n  ").concat("\n");
}

function markdown(summary: string, breaking: Texts, others: Texts, notes: Texts): string {
  const listed = (title: string, changes: Texts) =>
    changes.length > 0 ? [`### ${title}`, changes.map((one) => `- ${one}`).join("\n")] : [];
  const noted = notes.map((note) => `${note}.`);
  const lists = [...listed("Breaking", breaking), ...listed("Other changes", others)];
  return ["## Changes of the Telnyx API", summary, ...noted, ...lists].join("\n\n").concat("\n");
}

/** Such as "create: `token_ttl_secs` maximum 3600 → 1800". */
function sentence(change: Change, show: (value: string) => string): string {
  const { operations, subject, what, before, after } = inWords(change);
  const who = subject === "server" && operations.length > 1 ? "" : `${operations.join(" and ")}:`;
  const values = [before, after].map((value) =>
    value === undefined ? "none" : show(onOneLine(value, before, after)),
  );
  const hasValues = before !== undefined || after !== undefined;
  return [who, subject, what, hasValues ? values.join(" → ") : ""].filter((part) => part !== "").join(" ");
}

/** Texts stand without quotes, as long as they cannot be taken for something else. */
function onOneLine(value: Json, before?: Json, after?: Json): string {
  const isClear = String(before) !== String(after);
  const words = [value].flat().map((one) => (typeof one === "string" && isClear ? one : JSON.stringify(one)));
  return words.join(", ").replaceAll(/\s+/g, " ");
}

/** A change in the words of the report, in the order of its JSON. */
function inWords({ operations, place, event, keyword = "", before, after, isBreaking }: Change) {
  const values = event === "changed" ? [before, after] : [];
  const what = event === "changed" ? keyword : `${event} ${keyword}`.trim();
  const told = (subject: string, how: string, [was, is]: readonly (Json | undefined)[]) => ({
    ...{ operations, subject, what: how, before: was, after: is, isBreaking },
  });
  if (place.length > 0) return told(subjectOf(place), what, values);
  if (keyword === "deprecated") return told("operation", what.replace("now ", ""), []);
  const between = keyword === "security" ? " or " : ", ";
  const lists = values.map((value) => [value ?? []].flat().join(between) || undefined);
  return told(keyword.replace("servers", "server"), "", lists);
}

/** How the keys on the way to a node are told, by what holds them. */
const WORDS: Partial<Record<Kind, (key: string) => string>> = {
  parameters: (key) => key.replace(/^(\S+) (.*)$/s, (_, where, name) => `${where} parameter ${asCode(name)}`),
  answers: (key) => key,
  headers: (key) => `header ${asCode(key)}`,
};
/** How the way into a list or a map is written, such as `data.errors[].code`. */
const INNER: Readonly<Record<string, string>> = { items: "[]", additionalProperties: ".*" };

/** What a change is about, such as "201 `data.token`". */
function subjectOf(place: Texts): string {
  const { kind, where, mediaType, member } = partsOf(place);
  if (kind === "media") return `${where.join(" ") || "request"} content type ${asCode(mediaType)}`;
  const otherType = mediaType.replace(/^application\/json$/, "");
  const body = where.length === 0 && otherType === "" ? "request body" : mediaType && "body";
  const inside = member === "" ? body : asCode(member.replace(/^\./, ""));
  return [...where, otherType, inside].filter((word) => word !== "").join(" ");
}

function partsOf(place: Texts) {
  let kind: Kind = "operation";
  let [mediaType, member] = ["", ""];
  const where: string[] = [];
  for (const key of place) {
    const word = WORDS[kind]?.(key);
    if (word !== undefined) where.push(word);
    if (kind === "contents") mediaType = key;
    if (kind === "members") member += `.${key}`;
    if (isSchema(kind)) member += INNER[key] ?? "";
    kind = kindAt(kind, key) ?? kind;
  }
  return { kind, where, mediaType, member };
}

const asText = (value: string) => value;

/** What Telnyx wrote is quoted as code, so that nothing in it is taken for markup or a mention. */
function asCode(value: string): string {
  return `\`${value.replaceAll("`", "'")}\``;
}
