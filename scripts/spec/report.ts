import { stringify } from "yaml";
import type { Change } from "./changes.ts";
import { equal, type Json } from "./json.ts";
import { RECURSIVE } from "./schema.ts";

export const FORMATS = ["text", "markdown"] as const;
export type Format = (typeof FORMATS)[number];
type Texts = readonly string[];
type Show = (value: string) => string;

/** The changes as a reviewer reads them; breaking ones first. `source` is the document that was pulled. */
export function report(format: Format, source: string, all: readonly Change[], notes: Texts = []): string {
  const isText = format === "text";
  const [breaking = [], others = []] = [true, false].map((isBreaking) => {
    const mark = isText ? (isBreaking ? "BREAKING " : "         ") : "- ";
    const some = all.filter((one) => one.isBreaking === isBreaking);
    return some.map((one) => mark + sentence(one, isText ? (value) => value : asCode));
  });
  const count = `${all.length} ${all.length === 1 ? "change" : "changes"}, ${breaking.length || "none"} breaking`;
  const summary = all.length === 0 ? "nothing changed" : count;
  if (isText) {
    const more = notes.map((note) => `note: ${note}`);
    return `${[`${source}: ${summary}`, ...breaking, ...others, ...more].join("\n  ")}\n`;
  }
  const section = (title: string, list: Texts) =>
    list.length > 0 ? [`### ${title}\n\n${list.join("\n")}`] : [];
  const lists = [...section("Breaking", breaking), ...section("Other changes", others)];
  const head = ["## Changes of the Telnyx API", `${summary}, in ${asCode(source)}.`];
  return `${[...head, ...notes.map((note) => `${note}.`), ...lists].join("\n\n")}\n`;
}

/** Such as "create: `token_ttl_secs` maximum 3600 → 1800" or "create: `region` added: { type: string }". */
function sentence(change: Change, show: Show): string {
  const { operations, path, keyword } = change;
  const who = keyword === "servers" && operations.length > 1 ? "" : `${operations.join(" and ")}:`;
  return [who, subjectOf(path), happened(change, show)].join(" ").replaceAll(/\s+/g, " ").trim();
}

function happened({ path, keyword, before, after }: Change, show: Show): string {
  if (keyword === undefined && after === undefined) return "removed";
  if (keyword === undefined) return equal(after, {}) ? "added" : `added: ${show(inBrief(after ?? null))}`;
  if (keyword === "required") return after === true ? "now required" : "no longer required";
  if (keyword === "deprecated" && path.length === 0)
    return `operation ${after === true ? "" : "no longer"} deprecated`;
  // Texts stand without quotes, unless they look like what they differ from.
  const isQuoted = String(before) === String(after);
  const spelled = (one: Json) => (typeof one === "string" && !isQuoted ? one : JSON.stringify(one));
  const [was, is] = [before, after].map((value) => {
    const list = value === undefined ? [] : [value].flat();
    const text = list.map(spelled).join(keyword === "security" ? " or " : ", ");
    return text === "" ? "none" : show(text);
  });
  return `${keyword === "servers" ? "server" : keyword} ${was} → ${is}`;
}

/** What was added, in one line of YAML. */
function inBrief(node: Json): string {
  const text = stringify(node, { collectionStyle: "flow", lineWidth: 0 }).trim();
  return text.replaceAll(`{ ${RECURSIVE}: true }`, "recursive");
}

type Words = Readonly<Record<string, (name: string) => string>>;
const OUTER: Words = {
  parameters: (name) => name.replace(/^(\S+) (.*)$/s, (_, at, own) => `${at} parameter ${asCode(own)}`),
  responses: (status) => status,
  headers: (name) => `header ${asCode(name)}`,
  content: (mediaType) => (mediaType === "application/json" ? "" : asCode(mediaType)),
};
/** How the way into a body is written, such as `data.errors[].code`. */
const INNER: Words = {
  properties: (name) => `.${name}`,
  items: () => "[]",
  additionalProperties: () => ".*",
};

/** What a change is about, such as "201 `data.token`". */
function subjectOf(path: Texts): string {
  const wordsOf = (all: Words) =>
    path.map((step) => step.split(/ (.*)/s)).map(([kind = "", name = ""]) => all[kind]?.(name) ?? "");
  const member = wordsOf(INNER).join("").replace(/^\./, "");
  const outer = wordsOf(OUTER);
  const isRequest = path[0] === "requestBody";
  const [, mediaType] = /^content (.*)$/s.exec(path.at(-1) ?? "") ?? [];
  if (mediaType !== undefined) outer.splice(-1, 1, `content type ${asCode(mediaType)}`);
  else if (member !== "") outer.push(asCode(member));
  else if (isRequest || path.some((step) => step.startsWith("content "))) outer.push("body");
  return [isRequest && member === "" ? "request" : "", ...outer].join(" ");
}

/** What Telnyx wrote is quoted as code, so that nothing in it is taken for markup or a mention. */
function asCode(value: string): string {
  return `\`${value.replaceAll("`", "'")}\``;
}
