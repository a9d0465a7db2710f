import type { Change } from "./change.ts";
import type { Json } from "./json.ts";

export const FORMATS = ["text", "markdown", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** The changes as a reviewer reads them; breaking ones first. `source` is the document that was pulled. */
export function report(format: Format, source: string, changes: readonly Change[]): string {
  const breaking = changes.filter(({ isBreaking }) => isBreaking);
  const others = changes.filter(({ isBreaking }) => !isBreaking);
  if (format === "json") return json(source, breaking, others);
  return format === "text" ? text(source, breaking, others) : markdown(source, breaking, others);
}

function json(source: string, breaking: readonly Change[], others: readonly Change[]): string {
  const changes = [...breaking, ...others].map((change) => ({ ...change, text: sentence(change, asText) }));
  const [changed, isBreaking] = [changes.length > 0, breaking.length > 0];
  return `${JSON.stringify({ source, changed, breaking: isBreaking, changes }, null, 2)}\n`;
}

function text(source: string, breaking: readonly Change[], others: readonly Change[]): string {
  const lines = [
    ...breaking.map((change) => `  BREAKING ${sentence(change, asText)}\n`),
    ...others.map((change) => `           ${sentence(change, asText)}\n`),
  ];
  return `${source}: ${summary(breaking, others)}\n${lines.join("")}`;
}

function markdown(source: string, breaking: readonly Change[], others: readonly Change[]): string {
  const section = (title: string, changes: readonly Change[]) =>
    changes.length === 0
      ? ""
      : `\n### ${title}\n\n${changes.map((change) => `- ${sentence(change, asCode)}\n`).join("")}`;
  const head = `## Changes of the Telnyx API\n\n${summary(breaking, others)}, in ${asCode(source)}.\n`;
  return `${head}${section("Breaking", breaking)}${section("Other changes", others)}`;
}

function summary(breaking: readonly Change[], others: readonly Change[]): string {
  const count = breaking.length + others.length;
  if (count === 0) return "nothing changed";
  return `${count} ${count === 1 ? "change" : "changes"}, ${breaking.length || "none"} breaking`;
}

/** Such as "create: `token_ttl_secs` maximum 3600 → 1800". */
function sentence(change: Change, show: (value: string) => string): string {
  const { operations, subject, what, before, after } = change;
  const isEverywhere = subject === "server" && operations.length > 1;
  const who = isEverywhere || operations.length === 0 ? "" : `${operations.join(" and ")}: `;
  const values =
    before === undefined && after === undefined
      ? ""
      : `${valueText(before, show)} → ${valueText(after, show)}`;
  return who + [subject, what, values].filter((part) => part !== "").join(" ");
}

const MAX_VALUE_LENGTH = 200;

function valueText(value: Json | undefined, show: (value: string) => string): string {
  if (value === undefined) return "none";
  const words = [value].flat().map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
  const line = words.join(", ").replaceAll(/\s+/g, " ");
  return show(line.length > MAX_VALUE_LENGTH ? `${line.slice(0, MAX_VALUE_LENGTH)}…` : line);
}

const asText = (value: string) => value;

/** What Telnyx wrote is quoted as code, so that nothing in it is taken for markup or a mention. */
const asCode = (value: string) => `\`${value.replaceAll("`", "'")}\``;
