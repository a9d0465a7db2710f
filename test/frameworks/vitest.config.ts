import { join } from "node:path";
import { compile } from "svelte/compiler";
import { defineConfig, type Plugin, type TestProjectInlineConfiguration } from "vitest/config";

const HERE = import.meta.dirname;

/** Generous: what is asserted is behaviour, and the machine may be busy. */
const PATIENCE = { testTimeout: 120_000, hookTimeout: 300_000 };

/** The tests of the React hook, with the React in `modules`. */
function react(version: "18" | "19", modules: string): TestProjectInlineConfiguration {
  const alias = ["react", "react-dom/client", "react-dom/server"].map((name) => ({
    find: new RegExp(`^${name}$`),
    replacement: join(HERE, modules, name === "react" ? "react/index.js" : `${name}.js`),
  }));
  return {
    resolve: { alias },
    test: {
      ...PATIENCE,
      name: `react-${version}`,
      root: HERE,
      include: ["react/*.test.ts"],
      environment: "jsdom",
      provide: { reactVersion: version },
    },
  };
}

/** Compiles components, as the plugin of Svelte does it. */
function svelte(): Plugin {
  return {
    name: "svelte",
    transform: (code, id) => (id.endsWith(".svelte") ? compile(code, { filename: id }).js.code : undefined),
  };
}

declare module "vitest" {
  interface ProvidedContext {
    /** The major version of React that the tests have to meet. */
    reactVersion: string;
  }
}

export default defineConfig({
  test: {
    root: HERE,
    globalSetup: ["setup.ts"],
    projects: [
      {
        test: {
          ...PATIENCE,
          name: "tools",
          root: HERE,
          include: ["*.test.ts", "{chromium,jest,next,testing}/*.test.ts"],
        },
      },
      { test: { ...PATIENCE, name: "dom", root: HERE, include: ["dom/*.test.ts"], environment: "jsdom" } },
      {
        test: {
          ...PATIENCE,
          name: "vue",
          root: HERE,
          include: ["vue/*.test.ts"],
          environment: "jsdom",
        },
      },
      {
        plugins: [svelte()],
        resolve: { conditions: ["browser"] },
        test: {
          ...PATIENCE,
          name: "svelte",
          root: HERE,
          include: ["svelte/*.test.ts"],
          environment: "jsdom",
        },
      },
      react("19", "node_modules"),
      react("18", "next/next-14/node_modules"),
    ],
  },
});
