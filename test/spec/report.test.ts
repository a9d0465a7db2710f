import { expect, it } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";
import { edited, telnyxLike, ttl } from "./documents.ts";

const changed = edited(
  [`${ttl} maximum`, 1800],
  [`${ttl} default`, 300],
  ["servers 0 url", "https://api.telnyx.com/`@someone` <b>"],
);
const changes = changesBetween(normalForm(telnyxLike()), normalForm(changed));

it("the report says so when nothing changed", () => {
  expect(report("text", "spec.json", [])).toBe("spec.json: nothing changed\n");
  expect(report("markdown", "spec.json", [])).toContain("nothing changed, in `spec.json`");
});

it("in text breaking changes come first, and notes last", () => {
  expect(report("text", "spec.json", changes, ["read like 3.1"])).toBe(
    `spec.json: 3 changes, 2 breaking
  BREAKING server https://api.telnyx.com/v2 → https://api.telnyx.com/\`@someone\` <b>
  BREAKING create: \`token_ttl_secs\` maximum 3600 → 1800
           create: \`token_ttl_secs\` default 600 → 300
  note: read like 3.1
`,
  );
});

it("in markdown breaking changes have a heading of their own, and Telnyx's values are code", () => {
  expect(report("markdown", "spec.json", changes, ["read like 3.1"])).toBe(
    `## Changes of the Telnyx API

3 changes, 2 breaking, in \`spec.json\`.

read like 3.1.

### Breaking

- server \`https://api.telnyx.com/v2\` → \`https://api.telnyx.com/'@someone' <b>\`
- create: \`token_ttl_secs\` maximum \`3600\` → \`1800\`

### Other changes

- create: \`token_ttl_secs\` default \`600\` → \`300\`
`,
  );
});
