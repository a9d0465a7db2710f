import { afterAll, beforeAll, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import type { SandboxServer } from "../../src/sandbox/server.ts";
import { EXPIRY_MS, type ExamplePage, openExample, RENEWAL_MS } from "./open-page.ts";

let example: ExamplePage;
let answered: MockInstance<SandboxServer["handle"]>;

beforeAll(async () => {
  example = await openExample();
  answered = vi.spyOn(example.sandbox, "handle");
  vi.spyOn(console, "error").mockImplementation(() => {}); // the log of the back end
});
afterAll(() => example?.close());

beforeEach(async () => {
  await example.load();
  await example.textToBe("state", "ready");
});

test("the page says that it has access, renews three times with its refresh token, and counts down", async () => {
  for (const refreshed of [1, 2, 3]) {
    await example.pass(RENEWAL_MS);
    await example.rowsToReach("refresh", refreshed);
  }
  expect(await example.rows("create")).toHaveLength(1);
  expect(await example.rows("state")).toEqual(["idle → ready"]);
  expect(await example.text("headline")).toBe("You have access to the room.");
  expect(await example.text("problem")).toBe("");
  expect(await example.text("next-try")).toBe("");
  expect(await example.text("refresh-token")).toBe("held");
  await example.textToBe("token-left", "valid for 19 s");
  await example.pass(10_000);
  await example.textToBe("token-left", "valid for 9 s");
  await example.inspect("ready");
});

test("before the first token comes it says so", async () => {
  await example.page.route("**/rooms/**", () => {});
  await example.load();
  await example.textToBe("headline", "Getting your access…");
  expect(await example.text("token-left")).toBe("none");
  expect(await example.text("refresh-token")).toBe("none");
  await example.inspect("idle");
  await example.page.unroute("**/rooms/**");
});

test("offline it is cut off from its own server: it says so, and keeps its access until the token expires", async () => {
  await example.click("Go offline");
  await example.rowsToReach("network", 1);
  await example.pass(RENEWAL_MS);
  await example.textToBe("headline", "You still have access, but it could not be renewed.");
  await example.textToBe("next-try", /^Next try in \d+ s\.$/);
  expect(example.sandbox.requestCount).toBe(1);
  await example.inspect("offline with a token");

  await example.pass(EXPIRY_MS);
  await example.textToBe("headline", "You have no access to the room.");
  expect(await example.text("token-left")).toBe("none");
  expect(await example.text("refresh-token")).toBe("held");
  await example.inspect("offline without a token");

  await example.click("Go back online");
  await example.pass(1_000); // between two requests
  await example.textToBe("headline", "You have access to the room.");
  expect(await example.text("problem")).toBe("");
});

test("`Try again` tries at once, and keeps the focus when it has become `Renew now`", async () => {
  await example.page.route("**/rooms/**", (route) => route.abort());
  await example.pass(RENEWAL_MS);
  await example.textToBe("state", "degraded");
  await example.page.unroute("**/rooms/**");
  await example.page.getByRole("button", { name: "Try again" }).focus();
  await example.page.keyboard.press("Enter");
  await example.pass(1_000);
  await example.textToBe("state", "ready");
  expect(await example.page.evaluate("document.activeElement.textContent")).toBe("Renew now");
});

test("a login that has ended is a `Log in` for the user, and access is back with it", async () => {
  await example.click("End the login");
  await example.rowsToReach("login", 1);
  await example.pass(RENEWAL_MS);
  await example.textToBe("problem", "Please log in again.");
  expect(await example.text("login")).toBe("Log in");
  await example.pass(2_000);
  await example.page.getByRole("button", { name: "Log in" }).focus();
  await example.page.keyboard.press("Space");
  await example.textToBe("state", "ready");
  expect(await example.text("login")).toBe("Log out");
  expect(await example.page.evaluate("document.activeElement.textContent")).toBe("Log out");
});

test("who logs out has no token any more; who logs in again has, but is told if the server is not reached", async () => {
  await example.click("Log out");
  await example.textToBe("headline", "You are logged out.");
  await example.rowsToReach("login", 1);
  expect(await example.text("token-left")).toBe("none");
  expect(await example.text("refresh-token")).toBe("none");
  const { requestCount } = example.sandbox;
  await example.pass(60_000);
  expect(example.sandbox.requestCount).toBe(requestCount);
  await example.inspect("logged out");
  await example.click("Go offline");
  await example.rowsToReach("network", 1);
  await example.click("Log in");
  await example.rowsToReach("login", 2);
  expect((await example.rows("login"))[0]).toBe("The server cannot be reached. Are you online?");
  await example.click("Go back online");
  await example.rowsToReach("network", 2);
  await example.click("Log in");
  await example.textToBe("headline", "You have access to the room.");
});

test("a revoked refresh token is survived by a create", async () => {
  await example.click("Revoke the refresh token");
  await example.rowsToReach("refresh token", 1);
  await example.pass(RENEWAL_MS);
  await example.rowsToReach("create", 2);
  expect((await example.rows("refresh"))[0]).toMatch(/^forbidden \(403\), .*next try at once$/);
  await example.textToBe("state", "ready");
});

test("after an hour of sleep it creates at once, and the token that it holds is accepted", async () => {
  const response = example.page.waitForResponse((response) => response.status() === 201);
  await example.click("Sleep for an hour");
  const { token } = await (await response).json();
  await example.rowsToReach("create", 2);
  await example.textToBe("state", "ready");
  expect(example.sandbox.accepts(token)).toBe(true);
});

test("where the server's clock is an hour ahead, it shows how long the token is valid all the same", async () => {
  example.sandbox.advance(3_600_000);
  await example.pass(RENEWAL_MS);
  await example.rowsToReach("create", 2); // the refresh token has expired there
  await example.textToBe("token-left", /^valid for (?:1\d|[1-9]) s$/);
});

test("every control is reached by the keyboard, in the order in which it is read", async () => {
  const names: unknown[] = [];
  for (let nth = 0; nth < 6; nth++) {
    await example.page.keyboard.press("Tab");
    names.push(await example.page.evaluate("document.activeElement.textContent.trim()"));
  }
  const steering = ["Go offline", "End the login", "Revoke the refresh token", "Sleep for an hour"];
  expect(names).toEqual(["Renew now", "Log out", ...steering]);
});

function createdTokens(): string[] {
  const bodies = answered.mock.results.flatMap(({ value }) => (value?.status === 201 ? [value.body] : []));
  return bodies.flatMap((body) => {
    const { token, refresh_token = token } = JSON.parse(body).data;
    return [token, refresh_token];
  });
}

test("no token is in the console, in a URL, in storage, in a cookie or in the page", async () => {
  const { page, sandbox, texts } = example;
  const places = await page.evaluate(async () => [
    JSON.stringify({ ...localStorage }),
    JSON.stringify({ ...sessionStorage }),
    JSON.stringify(await indexedDB.databases()),
    document.cookie,
    document.documentElement.outerHTML,
    location.href,
  ]);
  const everything = [...texts, ...places, JSON.stringify(await page.context().cookies())].join("\n");
  const tokens = createdTokens();
  expect(tokens.length).toBeGreaterThan(5);
  for (const token of tokens) expect(everything).not.toContain(token.slice(-20));
  expect(everything).not.toContain(sandbox.apiKey);
  expect(texts.filter((text) => text.startsWith("pageerror"))).toEqual([]);
});
