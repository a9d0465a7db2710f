import { parse } from "yaml";
import { FILES } from "./files.ts";
import { type JsonObject, listAt, objectAt } from "./json.ts";
import { findOperations } from "./operations.ts";

const KEYWORDS = ["type", "minimum", "maximum", "default"];

/** What the fragment says of each member of both request bodies, as TypeScript: nobody reads YAML at run time. */
export function makeLimits(fragment: string): string {
  const operations = findOperations(parse(fragment)).map(({ name, operation }) => {
    const content = objectAt(objectAt(operation, "requestBody"), "content");
    return `  ${name}: {\n${members(objectAt(objectAt(content, "application/json"), "schema"))}  },\n`;
  });
  return (
    `// ${FILES.fragment}, made by \`npm run generate\`. Do not edit.\n\n` +
    "/** Bounds and defaults of the members that both request bodies have, in Telnyx's spelling and units. */\n" +
    `export const LIMITS = {\n${operations.join("")}} as const;\n`
  );
}

/** The members of a request body, one a line, with their bounds and whether they are required. */
function members(schema: JsonObject): string {
  const required = listAt(schema, "required");
  const lines = Object.keys(objectAt(schema, "properties")).map((name) => {
    const member = objectAt(objectAt(schema, "properties"), name);
    const facts = KEYWORDS.filter((keyword) => keyword in member).map(
      (keyword) => `${keyword}: ${JSON.stringify(member[keyword])}, `,
    );
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `    ${key}: { ${facts.join("")}required: ${required.includes(name)} },\n`;
  });
  return lines.join("");
}
