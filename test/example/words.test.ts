import type { Route } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WORDS } from "../../examples/room-page/words.js";
import type { RoomTokenErrorCode } from "../../src/session/index.ts";
import { type ExamplePage, openExample, RENEWAL_MS } from "./open-page.ts";

let example: ExamplePage;

beforeAll(async () => {
  example = await openExample();
});
afterAll(() => example?.close());

const answer =
  (status: number, headers: Record<string, string> = {}, body = "{}") =>
  (route: Route) =>
    route.fulfill({ status, headers: { "Content-Type": "application/json", ...headers }, body });

/** What the back end, or the network, does to every request, by the code that it leads to. */
const CASES: Partial<Record<RoomTokenErrorCode, (route: Route) => unknown>> = {
  connection_failed: (route) => route.abort(),
  timeout: () => {},
  rate_limited: answer(429, { "Retry-After": "30" }),
  server_error: answer(503),
  bad_request: answer(400),
  conflict: answer(409),
  unprocessable: answer(422),
  unexpected_status: answer(418),
  unauthorized: answer(401),
  redirect_refused: answer(302, { Location: "/login" }),
  invalid_response: answer(200, { "Content-Type": "text/html" }, "<title>Log in</title>"),
  forbidden: answer(403),
  not_found: answer(404),
};

test("every code that a back end can cause has a case here", () => {
  const ofThePage = ["invalid_argument", "missing_api_key", "session_closed"];
  expect([...Object.keys(CASES), ...ofThePage].sort()).toEqual(Object.keys(WORDS).sort());
});

test.each(Object.entries(CASES))("%s has words for the user, and something to do", async (code, handle) => {
  const { says, offers } = WORDS[code as RoomTokenErrorCode];
  const { page } = example;
  await example.load();
  await example.textToBe("state", "ready");
  await page.route("**/rooms/**", handle);
  await example.pass(RENEWAL_MS);
  if (code === "timeout") await example.pass(15_000);
  await example.textToBe("problem", says);
  await example.textToBe("next-try", /^(?:Next try in \d+ s\.|Trying again…)$/);
  expect(await page.getByRole("button", { name: "Try again" }).isEnabled()).toBe(true);
  expect(await example.text("login")).toBe(offers === "login" ? "Log in" : "Log out");
  expect(await page.getByRole("link", { name: "Load again" }).isVisible()).toBe(offers === "reload");
  await example.inspect(code);
  await page.unroute("**/rooms/**");
});
