import { defineConfig } from "vitest/config";
import { shared } from "./given.ts";

/** For Node, Deno and Bun: whichever runs vitest. */
export default defineConfig({ test: { ...shared, pool: "forks" } });
