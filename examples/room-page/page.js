// @ts-check
import { RoomTokenSession } from "telnyx-room-tokens/session";
import { WORDS } from "./words.js";

/** @typedef {import("telnyx-room-tokens/session").AttemptEvent} AttemptEvent */
/** @typedef {import("telnyx-room-tokens/session").RoomTokenSessionSnapshot} Snapshot */

/** @type {{ roomId: string, hasSandbox: boolean }} */
const { roomId, hasSandbox } = await (await fetch("/settings")).json();

/** The session of the user who is logged in. With @telnyx/video it would go to `stayInRoom`. */
let session = newSession();
let shownState = "idle";
/** @type {string | undefined} */
let shownToken;
/** For how long the token was valid when it came, in milliseconds: the full length of its bar. */
let tokenSpanMs = 1;

function newSession() {
  return new RoomTokenSession({ endpoint: `/rooms/${roomId}/token`, onAttempt: recordAttempt });
}

function startSession() {
  session.subscribe(({ token, state }) => {
    if (token !== undefined && token !== shownToken) tokenSpanMs = session.tokenValidForMs;
    if (state !== shownState) record("state", `${shownState} → ${state}`);
    shownToken = token;
    shownState = state;
    show();
  });
  session.start();
}

// What is shown

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Sets a text only where it changes, so that a screen reader says it once. */
function write(/** @type {string} */ id, /** @type {string} */ text) {
  if (find(id).textContent !== text) find(id).textContent = text;
}

const inSecs = (/** @type {number} */ ms) => `${Math.ceil(ms / 1000)} s`;

const HEADLINES = {
  idle: "Getting your access…",
  ready: "You have access to the room.",
  degraded: "You still have access, but it could not be renewed.",
  failed: "You have no access to the room.",
  closed: "You are logged out.",
};

/** Shows the session as it is now. */
function show() {
  const snapshot = session.getSnapshot();
  const { state, error } = snapshot;
  const words = error && WORDS[error.code];
  write("headline", HEADLINES[state]);
  find("headline").dataset["state"] = state;
  write("problem", words?.says ?? "");
  write("next-try", nextTry(snapshot));
  write("renew", error ? "Try again" : "Renew now");
  find("renew").toggleAttribute("disabled", state === "closed");
  write("login", isLoggedOut(snapshot) ? "Log in" : "Log out");
  find("reload").hidden = words?.offers !== "reload";
  showToken(snapshot);
}

/** Whether the user has logged out, or the server does not know the user any more. */
function isLoggedOut(/** @type {Snapshot} */ { state, error }) {
  return state === "closed" || (error !== undefined && WORDS[error.code].offers === "login");
}

function nextTry(/** @type {Snapshot} */ { retryAt }) {
  if (retryAt === undefined) return "";
  const leftMs = retryAt - Date.now();
  return leftMs > 0 ? `Next try in ${inSecs(leftMs)}.` : "Trying again…";
}

function showToken(/** @type {Snapshot} */ { state, token }) {
  const leftMs = session.tokenValidForMs;
  const percent = token === undefined ? 0 : Math.min(100, Math.round((100 * leftMs) / tokenSpanMs));
  write("state", state);
  find("state").dataset["state"] = state;
  write("token-left", token === undefined ? "none" : `valid for ${inSecs(leftMs)}`);
  find("token-life").style.setProperty("--life", `${percent}%`);
  find("token-life").toggleAttribute("data-low", percent < 25);
  write("refresh-token", session.grant?.refreshToken === undefined ? "none" : "held");
}

// What happened

function record(/** @type {string} */ event, /** @type {string} */ detail) {
  const row = document.createElement("tr");
  for (const text of [new Date().toLocaleTimeString("en-GB"), event, detail]) {
    row.append(Object.assign(document.createElement("td"), { textContent: text }));
  }
  find("history").prepend(row);
  while (find("history").children.length > 50) find("history").lastElementChild?.remove();
}

function recordAttempt(/** @type {AttemptEvent} */ event) {
  const { operation, status, code, requestId, durationMs, retryInMs } = event;
  const parts = [code ? `${code}${status ? ` (${status})` : ""}` : "a new token"];
  parts.push(`after ${Math.round(durationMs)} ms`);
  if (code && requestId) parts.push(`request id ${requestId}`);
  if (retryInMs !== undefined)
    parts.push(retryInMs < 50 ? "next try at once" : `next try in ${(retryInMs / 1000).toFixed(1)} s`);
  record(operation, parts.join(", "));
}

// What the user does

/** Sends a request to the server, without a body. Returns whether it was done. */
async function post(/** @type {string} */ path) {
  const response = await fetch(path, { method: "POST" }).catch(() => undefined);
  return response?.ok === true;
}

/** Renews at once, as "Try again" does. Why it failed is in the snapshot. */
const renew = () => void session.getToken({ forceRefresh: true }).catch(() => {});

async function logIn() {
  if (!(await post("/login"))) return record("login", WORDS.connection_failed.says);
  record("login", "logged in as ann");
  if (session.getSnapshot().state !== "closed") return renew();
  session = newSession();
  startSession();
}

async function logOut() {
  session.close(); // the tokens are forgotten
  const isDone = await post("/logout");
  record("login", isDone ? "logged out" : "logged out on this page only: the server cannot be reached");
}

find("renew").addEventListener("click", renew);
find("login").addEventListener("click", () => (isLoggedOut(session.getSnapshot()) ? logIn() : logOut()));

let isOffline = false;
find("offline").addEventListener("click", async () => {
  isOffline = !isOffline;
  await post(isOffline ? "/offline" : "/online");
  write("offline", isOffline ? "Go back online" : "Go offline");
  record("network", isOffline ? "offline" : "online");
  if (!isOffline) window.dispatchEvent(new Event("online"));
});

find("forget").addEventListener("click", async () => {
  await post("/forget");
  record("login", "ended by the server");
});

find("revoke").addEventListener("click", async () => {
  await post("/revoke");
  record("refresh token", "revoked");
});

/** Puts this page's clock forward, as a sleeping laptop does, and wakes it up. */
find("sleep").addEventListener("click", async () => {
  await post("/sleep");
  const now = Date.now.bind(Date);
  Date.now = () => now() + 3_600_000;
  record("sleep", "an hour has passed");
  document.dispatchEvent(new Event("visibilitychange"));
});

/** @type {NodeListOf<HTMLElement>} */
const sandboxItems = document.querySelectorAll(".sandbox");
for (const item of sandboxItems) item.hidden = !hasSandbox;

setInterval(show, 250);
startSession();
