import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformFileAsync } from "@babel/core";
import { expect, test } from "vitest";

const MODULES = join(import.meta.dirname, "node_modules");

/** The modules that a package ships below one of its folders. */
function modulesOf(folder: string): string[] {
  const files = readdirSync(join(MODULES, folder), { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.m?js$/.test(file)).map((file) => join(folder, file));
}

/** The sandbox and its command are for Node. */
const ours = modulesOf("telnyx-room-tokens/dist").filter((file) => !/(?:sandbox|command)\.js$/.test(file));

test.each([...ours, ...modulesOf("openapi-fetch/dist")])(
  "React Native 0.81's preset compiles %s",
  async (file) => {
    const compiled = await transformFileAsync(join(MODULES, file), {
      cwd: dirname(import.meta.dirname),
      babelrc: false,
      configFile: false,
      presets: [join(MODULES, "@react-native/babel-preset")],
    });
    expect(compiled?.code).toMatch(/exports/);
  },
);
