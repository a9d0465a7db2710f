import type { Change } from "./changes.ts";
import type { Json } from "./json.ts";
import { type Kind, kindAt } from "./view.ts";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];
type Texts = readonly string[];

/** The changes as a reviewer reads them; breaking ones first. `source` is the document that was pulled. */
export function report(
  format: Format,
  source: string,
  changes: readonly Change[],
  notes: Texts = [],
): string {
  const breaking = changes.filter(({ isBreaking }) => isBreaking);
  const others = changes.filter(({ isBreaking }) => !isBreaking);
  if (format === "json") {
    const told = [...breaking, ...others].map((one) => ({ ...inWords(one), text: sentence(one, asText) }));
    const [changed, hasBreaking] = [told.length > 0, breaking.length > 0];
    const noted = notes.length > 0 ? { notes } : {};
    const whole = { source, ...noted, changed, breaking: hasBreaking, changes: told };
    return `${JSON.stringify(whole, null, 2)}\n`;
  }
  const show = format === "text" ? asText : asCode;
  const [bad, fine] = [breaking, others].map((some) => some.map((change) => sentence(change, show)));
  return (format === "text" ? text : markdown)(source, bad ?? [], fine ?? [], notes);
}

function text(source: string, breaking: Texts, others: Texts, notes: Texts): string {
  const lines = [
    `${source}: ${summary(breaking, others)}`,
    ...breaking.map((change) => `  BREAKING ${change}`),
    ...others.map((change) => `           ${change}`),
    ...notes.map((note) => `  note: ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

function markdown(source: string, breaking: Texts, others: Texts, notes: Texts): string {
  const section = (title: string, changes: Texts) =>
    changes.length === 0 ? "" : `\n### ${title}\n\n${changes.map((change) => `- ${change}\n`).join("")}`;
  const head = `## Changes of the Telnyx API\n\n${summary(breaking, others)}, in ${asCode(source)}.\n`;
  const noted = notes.map((note) => `\n${note}.\n`).join("");
  return `${head}${noted}${section("Breaking", breaking)}${section("Other changes", others)}`;
}

function summary(breaking: Texts, others: Texts): string {
  const count = breaking.length + others.length;
  if (count === 0) return "nothing changed";
  return `${count} ${count === 1 ? "change" : "changes"}, ${breaking.length || "none"} breaking`;
}

/** Such as "create: `token_ttl_secs` maximum 3600 → 1800". */
function sentence(change: Change, show: (value: string) => string): string {
  const { operations, subject, what, before, after } = inWords(change);
  const isEverywhere = subject === "server" && operations.length > 1;
  const who = isEverywhere || operations.length === 0 ? "" : `${operations.join(" and ")}: `;
  const [was = "", is = ""] = excerpts(before, after);
  const values = [before === undefined ? "none" : show(was), after === undefined ? "none" : show(is)];
  const hasValues = before !== undefined || after !== undefined;
  return who + [subject, what, hasValues ? values.join(" → ") : ""].filter((part) => part !== "").join(" ");
}

/** A change in the words of the report, in the order of its JSON. */
function inWords({ operations, place, event, keyword = "", before, after, isBreaking }: Change) {
  const told = (subject: string, what: string, ...[was, is]: (Json | undefined)[]) => ({
    ...{ operations, subject, what, before: was, after: is, isBreaking },
  });
  if (place.length === 0) {
    if (operations.length === 0) return told(keyword, "changed elsewhere");
    if (keyword === "deprecated") return told("operation", event === "now" ? keyword : `${event} ${keyword}`);
    const between = keyword === "security" ? " or " : ", ";
    const [was, is] = [before, after].map((value) => [value ?? []].flat().join(between) || undefined);
    return told(keyword.replace("servers", "server"), "", was, is);
  }
  const subject = subjectOf(place);
  if (event === "changed") return told(subject, keyword, before, after);
  if (keyword === "enum") {
    const value = JSON.stringify(event === "added" ? after : before);
    return told(`${subject} value ${asCode(value)}`, event);
  }
  return told(subject, `${event} ${keyword}`.trim());
}

/** What a change is about, such as "201 `data.token`". */
function subjectOf(place: Texts): string {
  const words: string[] = [];
  let kind: Kind | undefined = "operation";
  let [mediaType, member] = ["", ""];
  for (const key of place) {
    if (kind === "parameters")
      words.push(key.replace(/^(\S+) (.*)$/s, (_, where, name) => `${where} parameter ${asCode(name)}`));
    if (kind === "answers") words.push(key);
    if (kind === "headers") words.push(`header ${asCode(key)}`);
    if (kind === "contents") mediaType = key;
    if (kind === "members") member += `.${key}`;
    if (kind === "schema" || kind === "member") member += INNER[key] ?? "";
    kind = kind && kindAt(kind, key);
  }
  if (kind === "media") return `${words.join(" ") || "request"} content type ${asCode(mediaType)}`;
  if (mediaType !== "application/json" && mediaType !== "") words.push(mediaType);
  if (member !== "") words.push(asCode(member.replace(/^\./, "")));
  else if (words.length === 0) words.push("request body");
  else if (mediaType !== "") words.push("body");
  return words.join(" ");
}

/** How the way into lists and maps is written, such as `data.errors[].code`. */
const INNER: Readonly<Record<string, string>> = { items: "[]", additionalProperties: ".*" };

const MAX_LENGTH = 200;

/** Two values, each on one line; of long ones the part where they begin to differ. */
function excerpts(...values: (Json | undefined)[]): string[] {
  const words = (value: Json) => (typeof value === "string" ? value : JSON.stringify(value));
  const lines = values.map((value) => (value === undefined ? "" : [value].flat().map(words).join(", ")));
  // A text and a number may look the same.
  const told = lines[0] === lines[1] ? values.map((value) => JSON.stringify(value ?? "")) : lines;
  const [first = "", second = ""] = told.map((line) => line.replaceAll(/\s+/g, " "));
  let same = 0;
  while (same < first.length && first[same] === second[same]) same += 1;
  const start = same > MAX_LENGTH / 2 ? same - MAX_LENGTH / 4 : 0;
  const end = start + MAX_LENGTH;
  const excerpt = (line: string) => line.slice(start, end) + (line.length > end ? "…" : "");
  return [first, second].map((line) => (start > 0 ? "…" : "") + excerpt(line));
}

const asText = (value: string) => value;

/** What Telnyx wrote is quoted as code, so that nothing in it is taken for markup or a mention. */
function asCode(value: string): string {
  return `\`${value.replaceAll("`", "'")}\``;
}
