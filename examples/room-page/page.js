// @ts-check
import { RoomTokenSession } from "telnyx-room-tokens/session";

/** @type {{ roomId: string, sandbox: boolean }} */
const { roomId, sandbox } = await (await fetch("/settings")).json();

/** Asks our own back end, and turns a refusal into an error with the status that the session goes by. */
async function post(
  /** @type {string} */ path,
  /** @type {object} */ body,
  /** @type {AbortSignal} */ signal,
) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (response.ok) return response.json();
  const retryAfterMs = Number(response.headers.get("Retry-After")) * 1000 || undefined;
  throw Object.assign(new Error(`the back end answered ${response.status}`), {
    status: response.status,
    retryAfterMs,
  });
}

/** How the token at hand was come by, for the history. */
let source = "";

const session = new RoomTokenSession({
  create: async ({ signal }) => {
    const grant = await post(`/rooms/${roomId}/token`, {}, signal);
    source = "created";
    return grant;
  },
  refresh: async ({ refreshToken, signal }) => {
    const refreshed = await post(`/rooms/${roomId}/token/refresh`, { refreshToken }, signal);
    source = "refreshed";
    return refreshed;
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

/** When the two tokens were new: the full length of their bars. */
let tokenSpanMs = 1;
let refreshSpanMs = 1;

function showLife(
  /** @type {string} */ name,
  /** @type {Date | undefined} */ end,
  /** @type {number} */ spanMs,
) {
  const leftMs = Math.max(0, (end?.getTime() ?? 0) - Date.now());
  const percent = Math.min(100, Math.round((100 * leftMs) / spanMs));
  const bar = find(`${name}-life`);
  bar.style.setProperty("--life", `${percent}%`);
  bar.toggleAttribute("data-low", percent < 25);
  find(`${name}-left`).textContent = end === undefined ? "none yet" : `${Math.ceil(leftMs / 1000)} s left`;
}

function draw() {
  showState();
  showLife("token", session.tokenExpiresAt, tokenSpanMs);
  showLife("refresh", session.refreshTokenExpiresAt, refreshSpanMs);
}

session.on("token", ({ tokenExpiresAt }) => {
  tokenSpanMs = Math.max(1, tokenExpiresAt.getTime() - Date.now());
  if (source === "created") refreshSpanMs = Math.max(1, Number(session.refreshTokenExpiresAt) - Date.now());
  record("token", `${source}, good for ${Math.ceil(tokenSpanMs / 1000)} s`);
  draw();
});
session.on("error", ({ error, retryInMs, tokenValidForMs }) => {
  // What a callback of ours rejected with is the cause of the session's error.
  const { message } = error.cause instanceof Error ? error.cause : error;
  const next = retryInMs === undefined ? "" : `; next try in ${(retryInMs / 1000).toFixed(1)} s`;
  record("error", `${message}${next}; token good for ${Math.round(tokenValidForMs / 1000)} s`);
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
    find("hint").textContent = offline ? "Telnyx cannot be reached." : "Telnyx can be reached again.";
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
