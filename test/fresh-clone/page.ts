/** Loads a page as a browser does: its styles, its scripts, and the modules that these import. */
import ts from "typescript";

interface ImportMap {
  readonly imports: Readonly<Record<string, string>>;
}

/** `href="/page.css"` and `src="/page.js"`. */
const LINK = /\b(?:href|src)="([^"]+)"/g;
const IMPORT_MAP = /<script type="importmap">([\s\S]*?)<\/script>/;

/** Returns the path of everything that the page loads, itself first. Throws if one of them cannot be had. */
export async function loadPage(url: string): Promise<string[]> {
  const html = await load(url, "text/html");
  const { imports }: ImportMap = JSON.parse(IMPORT_MAP.exec(html)?.[1] ?? '{"imports":{}}');
  const links = [...html.matchAll(LINK)].map(([, link = ""]) => new URL(link, url));
  const urls = new Set([url, ...links.filter(({ protocol }) => protocol === "http:").map(String)]);
  // A set also goes through what is added on the way.
  for (const loaded of urls) {
    if (loaded === url) continue;
    const script = /\.m?js$/.test(loaded);
    const text = await load(loaded, script ? "text/javascript" : "text/css");
    for (const module of script ? importsOf(text) : []) urls.add(resolve(module, loaded, imports, url));
  }
  return [...urls].map((loaded) => new URL(loaded).pathname);
}

async function load(url: string, type: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  const sent = response.headers.get("content-type");
  if (!sent?.startsWith(type)) throw new Error(`${url} is ${sent}, not ${type}`);
  return response.text();
}

function importsOf(script: string): string[] {
  return ts.preProcessFile(script, true, true).importedFiles.map(({ fileName }) => fileName);
}

function resolve(module: string, importer: string, imports: ImportMap["imports"], page: string): string {
  if (/^(?:\.{0,2}\/|https?:)/.test(module)) return new URL(module, importer).href;
  const mapped = imports[module];
  if (mapped === undefined) throw new Error(`${importer} imports ${module}, which the page does not map`);
  return new URL(mapped, page).href;
}
