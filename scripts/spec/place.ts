/** Where an operation is on the wire: whole URLs count, not how a document cuts them into servers and paths. */
import { type Json, type JsonObject, listAt, objectAt, ownAt } from "./json.ts";
import type { Found } from "./operations.ts";
import { Unusable } from "./unusable.ts";

interface Place {
  /** Begins where the path that we know does; else after a version such as `/v2`. */
  readonly path: string;
  readonly servers: JsonObject[];
  /** What the parameters in the path are called here, by what the document calls them. */
  readonly names: ReadonlyMap<string, string>;
}

/** More than this is no list that a caller chooses from. */
const MAX_SERVERS = 100;
const PARAMETER = /\{([^}]*)\}/g;

export function placeOf({ path, knownPath }: Found, servers: readonly Json[]): Place {
  const prefixes = servers.length > 0 ? servers.flatMap(urlsOf) : [""];
  const cut = new RegExp(`^(.*)(${knownPath.replaceAll(PARAMETER, "\\{[^}]*\\}")})$`, "g");
  const cuts = prefixes.flatMap((url) => [...(url + path).matchAll(cut)]);
  const known = cuts[0]?.[2] ?? "";
  // A parameter that stands before the part that we know has no place in a server.
  const isKnown = cuts.length === prefixes.length && !path.slice(0, -known.length || undefined).includes("{");
  const [, version = "", rest = path] = isKnown ? [] : (/^(\/v\d+)(\/.*)$/.exec(path) ?? []);
  const urls = isKnown ? cuts.map(([, url = ""]) => url) : prefixes.map((url) => url + version);
  const [names = [], ours = []] = [isKnown ? known : "", knownPath].map((one) => [
    ...one.matchAll(PARAMETER),
  ]);
  return {
    path: isKnown ? knownPath : rest,
    servers: [...new Set(urls)].filter((url) => url !== "").map((url) => ({ url })),
    names: new Map(names.map(([, name = ""], index) => [name, ours[index]?.[1] ?? name])),
  };
}

/** The URLs of a server, one for each value of its variables, the usual ones first. */
function urlsOf(server: Json): string[] {
  let urls = [String(ownAt(server, "url") ?? "")];
  for (const [name, variable] of Object.entries(objectAt(server, "variables"))) {
    const values = new Set(
      [ownAt(variable, "default") ?? `{${name}}`, ...listAt(variable, "enum")].map(String),
    );
    urls = urls.flatMap((one) => [...values].map((value) => one.replaceAll(`{${name}}`, value)));
    if (urls.length > MAX_SERVERS) throw new Unusable(`a server stands for more than ${MAX_SERVERS} URLs`);
  }
  const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : url);
  return urls.map((url) =>
    url
      .trim()
      .replace(/\/+$/, "")
      .replace(/^https?:\/\/[^/?#]+/i, originOf),
  );
}
