import { stringify } from "yaml";
import { type Change, isMapOfNames } from "./changes.ts";
import { equal, type Json } from "./json.ts";
import { RECURSIVE } from "./schema.ts";

export const FORMATS = ["text", "markdown"] as const;
export type Format = (typeof FORMATS)[number];
type Texts = readonly string[];
type Show = (value: string) => string;

/** The changes as a reviewer reads them; breaking ones first. `source` is the document that was pulled. */
export function report(format: Format, source: string, all: readonly Change[], notes: Texts = []): string {
  const breaking = all.filter(({ isBreaking }) => isBreaking);
  const others = all.filter(({ isBreaking }) => !isBreaking);
  const count = `${all.length} ${all.length === 1 ? "change" : "changes"}, ${breaking.length || "none"} breaking`;
  const summary = all.length === 0 ? "nothing changed" : count;
  const list = (some: Change[], mark: string, show: Show) => some.map((one) => mark + sentence(one, show));
  if (format === "text") {
    const changes = [...list(breaking, "BREAKING ", asText), ...list(others, "         ", asText)];
    return `${[`${source}: ${summary}`, ...changes, ...notes.map((note) => `note: ${note}`)].join("\n  ")}\n`;
  }
  const section = (title: string, some: Change[]) =>
    some.length > 0 ? [[`### ${title}\n`, ...list(some, "- ", asCode)].join("\n")] : [];
  const lists = [...section("Breaking", breaking), ...section("Other changes", others)];
  const head = ["## Changes of the Telnyx API", `${summary}, in ${asCode(source)}.`];
  return `${[...head, ...notes.map((note) => `${note}.`), ...lists].join("\n\n")}\n`;
}

/** Such as "create: `token_ttl_secs` maximum 3600 → 1800" or "create: `region` added: { type: string }". */
function sentence(change: Change, show: Show): string {
  const { operations, path, keyword = "" } = change;
  const who = keyword === "servers" && operations.length > 1 ? "" : `${operations.join(" and ")}:`;
  const subject = path.length === 0 ? (TOP[keyword] ?? keyword) : subjectOf(path);
  const parts = [who, subject, ...happened(change, show)].filter((part) => part !== "");
  return parts.join(" ").replaceAll(/\s+/g, " ");
}

function happened({ path, keyword, before, after }: Change, show: Show): Texts {
  const isTop = path.length === 0;
  if (keyword === undefined && before !== undefined) return ["removed"];
  if (keyword === undefined) return [equal(after, {}) ? "added" : `added: ${show(inBrief(after ?? null))}`];
  if (keyword === "required") return [after === true ? "now" : "no longer", keyword];
  if (isTop && keyword === "deprecated") return [after === true ? "" : "no longer", keyword];
  const [was, is] = [before, after].map((value) => {
    const isQuoted = String(before) === String(after);
    const text = onOneLine(value, isQuoted, keyword === "security" ? " or " : ", ");
    return text === "" ? "none" : show(text);
  });
  return [isTop ? "" : keyword, `${was} → ${is}`];
}

/** Facts of a whole operation that have another name in the report. */
const TOP: Readonly<Record<string, string>> = { servers: "server", deprecated: "operation" };

/** What was added, in one line of YAML. */
function inBrief(node: Json): string {
  const text = stringify(node, { collectionStyle: "flow", lineWidth: 0 }).trim();
  return text.replaceAll(`{ ${RECURSIVE}: true }`, "recursive");
}

/** Texts stand without quotes, unless they look like what they differ from. */
function onOneLine(value: Json | undefined, isQuoted: boolean, join: string): string {
  const spelled = (one: Json) => (typeof one === "string" && !isQuoted ? one : JSON.stringify(one));
  return (value === undefined ? [] : [value].flat()).map(spelled).join(join);
}

/** How the way into a list or a map is written, such as `data.errors[].code`. */
const INNER: Readonly<Record<string, string>> = { items: "[]", additionalProperties: ".*" };

/** What a change is about, such as "201 `data.token`". */
function subjectOf(path: Texts): string {
  const at: Record<string, string> = {};
  const steps = path.map((key, index) => {
    const map = path[index - 1] ?? "";
    if (!isMapOfNames(path.slice(0, index))) return INNER[key] ?? "";
    at[map] = key;
    return map === "properties" ? `.${key}` : "";
  });
  const member = steps.join("").replace(/^\./, "");
  const { parameters = "", responses = path.length > 1 ? "" : "request body", headers, content } = at;
  const parameter = parameters.replace(
    /^(\S+) (.*)$/s,
    (_, where, name) => `${where} parameter ${asCode(name)}`,
  );
  const where = [parameter, parameters ? "" : responses, headers ? `header ${asCode(headers)}` : ""];
  const body = content === undefined ? [] : bodyOf(path, content, member);
  return [...where, ...body, member && asCode(member)].filter((word) => word !== "").join(" ");
}

function bodyOf(path: Texts, content: string, member: string): Texts {
  const isRequest = path[0] === "requestBody";
  if (path.at(-2) === "content") return [isRequest ? "request" : "", `content type ${asCode(content)}`];
  const isJson = content === "application/json";
  return [
    isJson ? "" : asCode(content),
    member === "" ? (isRequest && isJson ? "request body" : "body") : "",
  ];
}

const asText = (value: string) => value;

/** What Telnyx wrote is quoted as code, so that nothing in it is taken for markup or a mention. */
function asCode(value: string): string {
  return `\`${value.replaceAll("`", "'")}\``;
}
