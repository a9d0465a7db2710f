import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { ROOT } from "./snippets.ts";

const GIT = ["ls-files", "--cached", "--others", "--exclude-standard"];
const files = execFileSync("git", GIT, { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
const documents = files.filter((file) => /\.md$|^\.github\/ISSUE_TEMPLATE\//.test(file));

/** A document without its blocks of code. */
const proseOf = (file: string) => readFileSync(ROOT + file, "utf8").replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, "");

/** "[text](to)", "[label]: to" and what HTML has for them. */
const LINK = /\]\(([^)\s]+)[^)]*\)|^\[[^\]]+\]: *(\S+)|(?:href|src)="([^"]+)"/gm;

/** `src/client/client.ts`; but what is in src/routes or src/pages belongs to a reader's application. */
const PATH = /`((?:\.github|examples|generated|openapi|scripts|src(?!\/(?:pages|routes))|test)\/[^`]*)`/g;

interface Link {
  readonly from: string;
  /** A path from the root of the repository. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** The links of a document that lead into the repository. */
function linksOf(from: string): Link[] {
  const prose = proseOf(from).replace(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(LINK)].map(([, ...forms]) => forms.find(Boolean) ?? "");
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [to = "", anchor] = target.split("#");
      return { from, file: to === "" ? from : posix.join(posix.dirname(from), to), anchor };
    });
}

/** The anchors that GitHub and npm give the headings of a document: "## Next.js" has "nextjs". */
function anchorsOf(document: string): string[] {
  const headings = [...proseOf(document).matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

const isIn = (file: string, entry: string) => file === entry || file.startsWith(`${entry}/`);

/** npm packs these, whatever `files` of package.json says. */
const ALWAYS_PACKED = ["package.json", "README.md", "LICENSE"];
const isPacked = (file: string) =>
  [...ALWAYS_PACKED, ...packageJson.files].some((entry) => isIn(file, entry)) &&
  !packageJson.files.some((entry) => entry.startsWith("!") && isIn(file, entry.slice(1)));

test("every link in a document leads to a file of the repository", () => {
  const links = documents.flatMap(linksOf);
  expect(links.length).toBeGreaterThan(60);
  expect(links.filter(({ file }) => !files.some((known) => isIn(known, file)))).toEqual([]);
});

test("every path of the repository in a document is one of a file or a folder", () => {
  const named = documents.flatMap((document) =>
    [...proseOf(document).matchAll(PATH)].map(([, path = ""]) => path),
  );
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((path) => !files.some((file) => isIn(file, path.replace(/\/$/, ""))))).toEqual([]);
});

test("every link to a heading leads to one", () => {
  const links = documents.flatMap(linksOf).filter(({ anchor }) => anchor !== undefined);
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter(({ file, anchor = "" }) => !anchorsOf(file).includes(anchor))).toEqual([]);
});

test("a document of the tarball links to files of the tarball alone", () => {
  const links = documents.filter(isPacked).flatMap(linksOf);
  expect(links.length).toBeGreaterThan(60);
  expect(links.filter(({ file }) => !isPacked(file))).toEqual([]);
});

test("a page of docs/ that is longer than a screen begins with a list of all its sections", () => {
  const long = documents.filter(
    (document) =>
      document.startsWith("docs/") && readFileSync(ROOT + document, "utf8").split("\n").length > 50,
  );
  expect(long.length).toBeGreaterThan(3);
  for (const document of long) {
    const prose = proseOf(document);
    const [head = ""] = prose.split(/^## /m);
    const listed = [...head.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    const sections = prose.match(/^## .+$/gm);
    expect(listed, document).toHaveLength(sections?.length ?? 0);
    expect(anchorsOf(document), document).toEqual(expect.arrayContaining(listed));
  }
});
