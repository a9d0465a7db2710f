import { expect, test } from "vitest";
import { apiReport } from "./api-report.ts";

const report = apiReport();

test("the public API is the one that was reviewed (after a change on purpose: npm run api)", async () => {
  await expect(report).toMatchFileSnapshot("public-api.md");
});

test("every type that a public signature mentions is exported", () => {
  const [, notExported] = report.split("## Mentioned by these, but not exported");
  expect(notExported).toMatch(/^\s*````ts\s*````\s*$/);
});
