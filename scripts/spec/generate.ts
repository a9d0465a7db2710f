import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { FILES, readObject } from "./files.ts";
import { makeFragment, makeTypes } from "./fragment.ts";
import { makeLimits } from "./limits.ts";

/**
 * Makes fragment, types and limits below `root`. Returns the files that differ from what is there; `write` writes them.
 */
export async function generate(root: string, options: { write: boolean }): Promise<string[]> {
  const upstream = await readObject(join(root, FILES.upstream));
  const fragment = await makeFragment(upstream, await readObject(join(root, FILES.overlay)));
  const made = [
    { file: FILES.fragment, text: fragment },
    { file: FILES.types, text: await makeTypes(fragment) },
    { file: FILES.limits, text: makeLimits(fragment) },
  ];
  const differing: string[] = [];
  for (const { file, text } of made) {
    const path = join(root, file);
    if ((await readFile(path, "utf8").catch(() => undefined)) === text) continue;
    differing.push(file);
    if (!options.write) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return differing;
}
