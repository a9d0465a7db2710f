import { expect, test } from "vitest";
import { apiReport } from "./api-report.ts";

test("the public API is the one that was reviewed (after a change on purpose: npm run api)", async () => {
  await expect(apiReport()).toMatchFileSnapshot("public-api.md");
}, 60_000);
