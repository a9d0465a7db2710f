/** Projects as a reader of docs/back-ends.md has them: with the packages that the recipe names, and no others. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/**
 * Makes a project that has some of the packages which a suite has installed, and all that they need.
 *
 * @param suite The folder of the suite: `test/back-ends`.
 * @param aliases Packages that are installed under another name: `{ express: "express-4" }`.
 */
export function makeProject(
  dir: string,
  suite: string,
  packages: readonly string[],
  aliases: Readonly<Record<string, string>> = {},
): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const found = new Set<string>();
  for (const name of packages) addPackage(found, suite, aliases[name] ?? name, suite);
  for (const source of found) {
    const isOwn = (path: string) => !relative(source, path).split("/").includes("node_modules");
    cpSync(source, join(dir, relative(suite, source)), { recursive: true, filter: isOwn });
  }
  for (const name of packages) {
    const alias = aliases[name];
    if (alias !== undefined) symlinkSync(join(dir, "node_modules", alias), join(dir, "node_modules", name));
  }
}

/** Adds the folder of a package, and those of all that it needs. */
function addPackage(found: Set<string>, suite: string, name: string, importer: string): void {
  const source = findPackage(suite, name, importer);
  if (source === undefined) throw new Error(`${name}, which ${importer} needs, is not installed`);
  if (found.has(source)) return;
  found.add(source);
  const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(source, "package.json"), "utf8"),
  );
  for (const needed of Object.keys(dependencies ?? {})) addPackage(found, suite, needed, source);
  for (const peer of Object.keys(peerDependencies ?? {})) {
    const isOptional = peerDependenciesMeta?.[peer]?.optional === true;
    if (!isOptional && findPackage(suite, peer, source) !== undefined) addPackage(found, suite, peer, source);
  }
}

/** Where Node finds a package, looking no further up than the suite. */
function findPackage(suite: string, name: string, importer: string): string | undefined {
  const candidate = join(importer, "node_modules", name);
  if (existsSync(join(candidate, "package.json"))) return candidate;
  return importer === suite ? undefined : findPackage(suite, name, dirname(importer));
}
