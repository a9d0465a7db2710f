import { createHmac } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { StandIn } from "../../src/sandbox/stand-in.ts";
import { recipe, replaceOnce } from "../back-ends/recipes.ts";
import { FOLDER, withUse } from "./snippets.ts";

const ROOM_ID = "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0";
const OTHER_ROOM_ID = "6f1e2a44-93b5-4c1d-8a07-5b2f0e9d7c31";
const KEY = "a key of thirty-two bytes or more";
const sandbox = new StandIn({ roomIds: [ROOM_ID, OTHER_ROOM_ID] });

beforeEach(() => {
  vi.stubEnv("TELNYX_API_KEY", sandbox.apiKey);
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => sandbox.fetch(url, init));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** The fetch-style recipe with the login of the document, for a back end with that `LOGIN_KEY`. */
async function backEndWith(
  loginKey: string | undefined,
): Promise<(cookie: string, roomId?: string) => Promise<number>> {
  vi.stubEnv("LOGIN_KEY", loginKey);
  const [[, login] = []] = withUse("login");
  const withUser = replaceOnce(
    recipe("fetch").code,
    "=> undefined;",
    '=> userOfCookies(request.headers.get("cookie"));',
  );
  const filledIn = replaceOnce(withUser, "=> false;", "=> isMember(user, roomId);");
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `login-${loginKey === undefined ? "without" : "with"}-key.ts`);
  writeFileSync(file, `${filledIn}${login?.code}export { respond };\n`);
  const { respond } = await import(pathToFileURL(file).href);
  return async (cookie, roomId = ROOM_ID) => {
    const request = new Request("http://app.test/", { method: "POST", headers: { cookie } });
    return (await respond(request, roomId)).status;
  };
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** A cookie with the login of a user, signed with a key, for an hour unless the claims say otherwise. */
function loginOf(
  sub: string,
  key = KEY,
  claims: object = { exp: Math.floor(Date.now() / 1000) + 3600 },
): string {
  const signed = `${encode({ alg: "HS256" })}.${encode({ sub, ...claims })}`;
  return `theme=dark; login=${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

test("the login of back-ends.md lets the members of a room in", async () => {
  const statusOf = await backEndWith(KEY);
  expect(await statusOf(loginOf("ann"))).toBe(201);
  expect(await statusOf(loginOf("eve"))).toBe(403);
  expect(await statusOf(loginOf("ann"), OTHER_ROOM_ID)).toBe(403);
});

test("the login of back-ends.md takes nobody for a user without a valid cookie", async () => {
  const statusOf = await backEndWith(KEY);
  const unsigned = [{ alg: "none" }, { sub: "ann", exp: 1e11 }].map(encode);
  const cookies = {
    missing: "theme=dark",
    "no JWT": "login=ann",
    "of another name": loginOf("ann").replace("login", "xlogin"),
    unsigned: `login=${unsigned.join(".")}.`,
    forged: loginOf("ann", "another key of thirty-two bytes or so"),
    expired: loginOf("ann", KEY, { exp: 1 }),
    "without an end": loginOf("ann", KEY, {}),
  };
  for (const [name, cookie] of Object.entries(cookies)) expect(await statusOf(cookie), name).toBe(401);
});

test("the login of back-ends.md takes nobody for a user while LOGIN_KEY is not set", async () => {
  const statusOf = await backEndWith(undefined);
  for (const key of ["", "undefined"]) expect(await statusOf(loginOf("ann", key)), key).toBe(401);
});
