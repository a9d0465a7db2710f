// @ts-check
import { RoomTokenSession } from "telnyx-room-tokens/session";

/** @type {{ roomId: string, sandbox: boolean }} */
const { roomId, sandbox } = await (await fetch("/settings")).json();

/** How the token at hand was obtained, for the history. */
let source = "";

/** Asks the one route of the back end. */
function ask(/** @type {object} */ body, /** @type {AbortSignal} */ signal) {
  const headers = { "Content-Type": "application/json" };
  return fetch(`/rooms/${roomId}/token`, { method: "POST", headers, body: JSON.stringify(body), signal });
}

const session = new RoomTokenSession({
  create: async ({ signal }) => {
    const response = await ask({}, signal);
    if (response.ok) source = "created";
    return response;
  },
  refresh: async ({ refreshToken, signal }) => {
    const response = await ask({ refreshToken }, signal);
    if (response.ok) source = "refreshed";
    return response;
  },
});

// With @telnyx/video this line is all there is to do: session.attach(room);

const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

function record(/** @type {string} */ event, /** @type {string} */ detail) {
  const row = document.createElement("tr");
  row.dataset["event"] = event;
  for (const text of [new Date().toLocaleTimeString("en-GB"), event, detail]) {
    row.append(Object.assign(document.createElement("td"), { textContent: text }));
  }
  find("history").prepend(row);
  while (find("history").children.length > 50) find("history").lastElementChild?.remove();
}

function showState() {
  const output = find("state");
  if (output.textContent !== session.state) output.textContent = session.state;
  output.dataset["state"] = session.state;
}

/** The lives of the two tokens when they were new, in milliseconds: the full length of their bars. */
let tokenSpanMs = 1;
let refreshSpanMs = 1;
/** When the refresh token ends, by the clock of this page, which counts from the token's arrival. */
let refreshEndsAt = 0;

function showLife(/** @type {string} */ name, /** @type {number} */ leftMs, /** @type {number} */ spanMs) {
  const percent = Math.min(100, Math.round((100 * leftMs) / spanMs));
  const bar = find(`${name}-life`);
  bar.style.setProperty("--life", `${percent}%`);
  bar.toggleAttribute("data-low", percent < 25);
  const whyNone = session.grant === undefined ? "none yet" : "expired";
  find(`${name}-left`).textContent = leftMs > 0 ? `${Math.ceil(leftMs / 1000)} s left` : whyNone;
}

function draw() {
  showState();
  showLife("token", session.tokenValidForMs, tokenSpanMs);
  showLife("refresh", Math.max(0, refreshEndsAt - Date.now()), refreshSpanMs);
}

session.on("token", ({ tokenExpiresAt, validForMs }) => {
  tokenSpanMs = validForMs;
  // Both dates come from one answer, so that no clock of this device is compared with the server's.
  const beyondTokenMs = Number(session.refreshTokenExpiresAt) - Number(tokenExpiresAt);
  if (source === "created") {
    refreshSpanMs = beyondTokenMs + validForMs;
    refreshEndsAt = Date.now() + refreshSpanMs;
  }
  record("token", `${source}, valid for ${Math.ceil(validForMs / 1000)} s`);
  draw();
});

/**
 * What the user reads where the back end said nothing: it was not reached, or did not answer.
 * @type {Partial<Record<string, string>>}
 */
const SENTENCES = {
  connection_failed: "This page cannot reach its server.",
  timeout: "The server did not answer in time.",
  invalid_response: "The server's answer holds no token.",
};

session.on("error", ({ error, retryInMs, tokenValidForMs }) => {
  const told = error.errors[0]?.title;
  const sentences = [told || SENTENCES[error.code] || "The token was not renewed."];
  if (error.requestId !== undefined) sentences.push(`Request id: ${error.requestId}.`);
  if (retryInMs !== undefined)
    sentences.push(retryInMs < 50 ? "Next try now." : `Next try in ${(retryInMs / 1000).toFixed(1)} s.`);
  const validSecs = Math.round(tokenValidForMs / 1000);
  sentences.push(tokenValidForMs > 0 ? `The token is valid for ${validSecs} s.` : "There is no valid token.");
  record("error", sentences.join(" "));
});

session.on("state", ({ state, previous }) => {
  record("state", `${previous} → ${state}`);
  draw();
});

function steer(/** @type {string} */ action) {
  return fetch(`/sandbox/${action}`, { method: "POST" });
}

/** Puts this page's clocks forward, as a sleeping laptop does, and wakes it up. */
function wakeAfter(/** @type {number} */ ms) {
  const now = Date.now.bind(Date);
  Date.now = () => now() + ms;
  document.dispatchEvent(new Event("visibilitychange"));
}

if (sandbox) {
  find("steering").hidden = false;
  find("offline").addEventListener("click", async () => {
    const offline = find("offline").getAttribute("aria-pressed") !== "true";
    await steer(offline ? "offline" : "online");
    find("offline").setAttribute("aria-pressed", String(offline));
    find("offline").textContent = offline ? "Go back online" : "Go offline";
    find("hint").textContent = offline
      ? "Telnyx cannot be reached. The token is still good; the next renewal will fail."
      : "Telnyx can be reached again.";
    if (!offline) window.dispatchEvent(new Event("online"));
  });
  find("kill").addEventListener("click", async () => {
    await steer("kill");
    find("hint").textContent = "The refresh token is dead: the next renewal creates anew.";
  });
  find("sleep").addEventListener("click", async () => {
    await steer("sleep");
    wakeAfter(3_600_000);
    find("hint").textContent = "An hour has passed: both tokens have died of old age.";
  });
}

setInterval(draw, 250);
session.start();
