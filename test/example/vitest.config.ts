import { mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

export default mergeConfig(
  { resolve: base.resolve },
  { test: { include: ["test/example/*.test.ts"], testTimeout: 120_000 } },
);
