/** The recipes that other suites run: here only what a project of plain tsc --init says to them. */
import { testTypes, useProject } from "./describe-recipe.ts";

testTypes("Next.js", useProject({ name: "nextjs" }));
testTypes("Hono on a worker", useProject({ name: "worker" }));
testTypes("the fetch-style recipe", useProject({ name: "fetch", packages: ["telnyx-room-tokens"] }));
