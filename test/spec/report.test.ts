import { describe, expect, it } from "vitest";
import { changesBetween } from "../../scripts/spec/changes.ts";
import { normalForm } from "../../scripts/spec/normal-form.ts";
import { report } from "../../scripts/spec/report.ts";
import { edited, telnyxLike, ttl } from "./documents.ts";

describe("the report", () => {
  const changed = edited(
    [`${ttl} maximum`, 1800],
    [`${ttl} default`, 300],
    ["servers 0 url", "https://api.telnyx.com/`@someone` <b>"],
  );
  const changes = changesBetween(normalForm(telnyxLike()), normalForm(changed));

  it("says so when nothing changed", () => {
    expect(report("text", "spec.json", [])).toBe("spec.json: nothing changed\n");
    expect(report("markdown", "spec.json", [])).toContain("nothing changed, in `spec.json`");
  });

  it("puts breaking changes first, in text", () => {
    expect(report("text", "spec.json", changes)).toBe(
      "spec.json: 3 changes, 2 breaking\n" +
        "  BREAKING server https://api.telnyx.com/v2 → https://api.telnyx.com/`@someone` <b>\n" +
        "  BREAKING create: `token_ttl_secs` maximum 3600 → 1800\n" +
        "           create: `token_ttl_secs` default 600 → 300\n",
    );
  });

  it("puts them under a heading of their own, in markdown, with Telnyx's values as code", () => {
    expect(report("markdown", "spec.json", changes)).toBe(
      "## Changes of the Telnyx API\n\n3 changes, 2 breaking, in `spec.json`.\n" +
        "\n### Breaking\n\n" +
        "- server `https://api.telnyx.com/v2` → `https://api.telnyx.com/'@someone' <b>`\n" +
        "- create: `token_ttl_secs` maximum `3600` → `1800`\n" +
        "\n### Other changes\n\n" +
        "- create: `token_ttl_secs` default `600` → `300`\n",
    );
  });
});
