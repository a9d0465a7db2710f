import { builtinEnvironments, type Environment } from "vitest/runtime";

/** jsdom, with the sources taken as those of a server: the sandbox reads a file beside its own. */
const environment: Environment = { ...builtinEnvironments.jsdom, viteEnvironment: "ssr" };

export default environment;
