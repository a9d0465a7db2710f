/** The page snippets of the documents. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { vi } from "vitest";
import { FOLDER, withUse } from "../readme/snippets.ts";
import { type Room, rooms } from "./video.ts";

export const PAGES: Readonly<Record<string, string>> = Object.fromEntries(
  withUse("page").map(([title, { code }]) => [title, code]),
);

let opened = 0;

/** Runs a page's script as it stands. As in a browser its URLs are relative to `origin`, and its cookies go along. */
export async function openPage(title: string, origin: string): Promise<Room> {
  const request = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    headers.set("cookie", "login=ann");
    return request(new URL(path, origin), { ...init, headers });
  });
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `page-${++opened}.ts`);
  writeFileSync(file, PAGES[title] ?? "");
  await import(pathToFileURL(file).href);
  const room = rooms.at(-1);
  if (room === undefined) throw new Error("the page joined no room");
  return room;
}
