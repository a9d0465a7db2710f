import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { WORDS } from "../../examples/room-page/words.js";
import packageJson from "../../package.json" with { type: "json" };
import { DEFAULTS } from "../../src/client/options.ts";
import { DEFAULTS as SANDBOX_DEFAULTS } from "../../src/sandbox/options.ts";
import { holdRenewed } from "../../src/session/held-token.ts";
import { page, ROOT } from "./snippets.ts";
import { cellsByName, declaredIn, namesIn, rowsOf, section } from "./tables.ts";

test.each([
  ["docs/back-ends.md", "The client's options", "client/options.ts", "ClientOptions"],
  ["docs/session.md", "Options", "session/options.ts", "RoomTokenSessionOptions"],
  ["docs/errors.md", "Codes", "errors/room-token-error.ts", "RoomTokenErrorCode"],
])("%s, %s, has a row for each of %s, %s, and no other", (path, heading, file, name) => {
  const first = rowsOf(section(path, heading)).flatMap(([cell]) => namesIn(cell));
  expect(first.sort()).toEqual(declaredIn(file, name));
});

test("the options have the defaults that the tables name", () => {
  expect(cellsByName(section("docs/back-ends.md", "The client's options"))).toMatchObject({
    timeoutMs: String(DEFAULTS.timeoutMs),
    maxRetries: String(DEFAULTS.maxRetries),
    baseUrl: `\`TELNYX_BASE_URL\`, then \`${DEFAULTS.baseUrl}\``,
  });
  const source = readFileSync(`${ROOT}src/session/options.ts`, "utf8");
  const [, timeoutMs = ""] = /timeoutMs: .*default: ([\d_]+)/.exec(source) ?? [];
  expect(cellsByName(section("docs/session.md", "Options"))).toMatchObject({
    timeoutMs: timeoutMs.replace("_", ""),
  });
});

test("the session's state table names every state, and no other", () => {
  const [table] = section("docs/session.md", "The snapshot").split("\n- `token`");
  const named = [...(table ?? "").matchAll(/`([a-z]+)`/g)].map(([, name = ""]) => name);
  expect(named.filter((name) => name !== "state").sort()).toEqual(
    declaredIn("session/snapshots.ts", "RoomTokenSessionState"),
  );
});

test("the short error table of the README names codes that exist", () => {
  const named = Object.keys(cellsByName(section("README.md", "Errors")));
  expect(named.length).toBeGreaterThan(5);
  expect(declaredIn("errors/room-token-error.ts", "RoomTokenErrorCode")).toEqual(
    expect.arrayContaining(named),
  );
});

test("back-ends.md names every status of the route, and no other", () => {
  const source = readFileSync(`${ROOT}src/client/token-response.ts`, "utf8");
  const [, union = ""] = /readonly status: ([\d |]+);/.exec(source) ?? [];
  const statuses = rowsOf(section("docs/back-ends.md", "What the route sends")).map(([status]) => status);
  expect(new Set(statuses)).toEqual(new Set(["status", ...union.split(" | "), "401"]));
});

const STATUSES = declaredIn("session/stay-in-room.ts", "type StayInRoomStatus");
const words = rowsOf(section("docs/page.md", "What to tell the user")).map(([about, sentence, action]) => {
  return { names: namesIn(about), sentence, action };
});
const isOfRoom = ({ names: [first = ""] }: (typeof words)[number]) => STATUSES.includes(first);

test("the page's table gives each error code the sentence of the example page, and something to do", () => {
  const ofTokens = words.slice(1).filter((row) => !isOfRoom(row));
  const said = ofTokens.flatMap(({ names, sentence }) => names.map((code) => [code, sentence]));
  expect(said.sort()).toEqual(
    Object.entries(WORDS)
      .map(([code, { says }]) => [code, says])
      .sort(),
  );
  expect(ofTokens.filter(({ action }) => action === "")).toEqual([]);
});

test("the page's table has a sentence for every status, and every reason that stayInRoom tells apart", () => {
  const reasons = ["FINAL_REASONS", "NETWORK_REASONS"].flatMap((name) =>
    declaredIn("session/stay-in-room.ts", name),
  );
  const named = new Set(words.filter(isOfRoom).flatMap(({ names }) => names));
  expect([...named].sort()).toEqual([...STATUSES, ...reasons, "unknown"].sort());
  expect(words.filter((row) => isOfRoom(row) && row.sentence === "")).toEqual([]);
});

const testing = page("docs/testing.md");

test("the table of the sandbox names every member, and no other", () => {
  const [, ...first] = rowsOf(testing).map(([cell]) => cell);
  expect(first.flatMap(namesIn).sort()).toEqual(
    ["startSandbox", ...declaredIn("sandbox/sandbox.ts", "Sandbox")].sort(),
  );
});

test.each([
  ["startSandbox(", "sandbox/options.ts", "SandboxOptions"],
  ["failNext(", "sandbox/options.ts", "SandboxFault"],
  ["set(", "sandbox/options.ts", "SandboxSettings"],
  ["", "sandbox/sandbox.ts", "SandboxRequest"],
])("the members after `%s in the sandbox's table are those of %s, %s", (before, file, name) => {
  const [, after = ""] = testing.split(`\`${before}{ `);
  expect(after.split(" }")[0]?.split(", ").sort()).toEqual(declaredIn(file, name));
});

test("the defaults of the sandbox are those that the page and the README give", () => {
  const { apiKey, roomId } = SANDBOX_DEFAULTS;
  expect(testing).toContain(`any free port, \`"${apiKey}"\`, the room of the quick start`);
  expect(page("README.md")).toContain(`const roomId = "${roomId}"; // your room's id`);
});

test("the mock is made by the version of Prism that the tests use", () => {
  expect(testing).toContain(
    `@stoplight/prism-cli@${packageJson.devDependencies["@stoplight/prism-cli"]} mock`,
  );
});

const platforms = page("docs/platforms.md");
const readJson = (path: string) => JSON.parse(readFileSync(`${ROOT}test/${path}`, "utf8"));

test.each([
  ["Node", ["node-v20", "node-v22", "node-v24", "node-v26"]],
  ["Deno", ["deno"]],
  ["Bun", ["bun"]],
  ["workerd", ["workerd"]],
])("platforms.md names the versions of %s that the suite is run on", (name, installed) => {
  const { packages } = readJson("runtimes/package-lock.json");
  const versions = installed.map((folder) => packages[`node_modules/${folder}`].version);
  expect(platforms).toContain(`| ${name} | ${versions.join(", ")} |`);
});

test("platforms.md names the compilers that the package is tried with", () => {
  const packages = Object.keys(readJson("package/package.json").devDependencies);
  const versions = packages.flatMap((name) => /^typescript-(.*)/.exec(name)?.[1] ?? []);
  const last = versions.pop();
  expect(platforms).toContain(`TypeScript ${versions.join(", ")} and ${last} compile`);
});

test("the figures of performance.md for many sessions are those of the session's own schedule", () => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0.5); // the mean of the jitter
  const [, ...rows] = rowsOf(section("docs/performance.md", "Many sessions"));
  expect(rows.length).toBeGreaterThan(2);
  for (const [ttlSecs, everySecs, perSecond] of rows) {
    const expiresAt = Number(ttlSecs) * 1000;
    const grant = { token: "t", issuedAt: 0, expiresAt, refreshToken: undefined };
    const dueSecs = holdRenewed(grant, undefined, 0, 0).dueAt / 1000;
    expect(Number(everySecs)).toBe(dueSecs);
    expect(perSecond).toBe(Math.round(100_000 / dueSecs).toLocaleString("en"));
  }
  random.mockRestore();
});
