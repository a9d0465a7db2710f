import { join } from "node:path";
import { compile } from "svelte/compiler";
import { defineConfig, type Plugin, type TestProjectInlineConfiguration } from "vitest/config";

const HERE = import.meta.dirname;

/** Generous: what is asserted is behaviour, and the machine may be busy. */
const PATIENCE = { testTimeout: 600_000, hookTimeout: 900_000 };

type Settings = NonNullable<TestProjectInlineConfiguration["test"]>;

/** Settings of the tests in `folder`, which run in jsdom unless they say otherwise. */
const inFolder = (folder: string, settings: Settings = {}): Settings => ({
  ...PATIENCE,
  name: folder,
  root: HERE,
  include: [`${folder}/*.test.ts`],
  environment: "jsdom",
  ...settings,
});

/** The tests of the React hook, with the React in `modules`. */
function react(version: "18" | "19", modules: string): TestProjectInlineConfiguration {
  const alias = ["react", "react-dom/client", "react-dom/server"].map((name) => ({
    find: new RegExp(`^${name}$`),
    replacement: join(HERE, modules, name === "react" ? "react/index.js" : `${name}.js`),
  }));
  const settings = { name: `react-${version}`, provide: { reactVersion: version } };
  return { resolve: { alias }, test: inFolder("react", settings) };
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

const tools: Settings = { environment: "node", include: ["*.test.ts", "{jest,next,testing}/*.test.ts"] };

export default defineConfig({
  test: {
    root: HERE,
    globalSetup: ["setup.ts"],
    maxWorkers: 2,
    projects: [
      { test: inFolder("tools", tools) },
      { test: inFolder("dom") },
      { test: inFolder("vue") },
      { plugins: [svelte()], resolve: { conditions: ["browser"] }, test: inFolder("svelte") },
      react("19", "node_modules"),
      react("18", "next/next-14/node_modules"),
    ],
  },
});
