/**
 * `npm run demo`: creates a token, refreshes it, shows the error of an expired refresh token; against the sandbox, or
 * with `-- --live` against Telnyx.
 */
import { parseArgs, styleText } from "node:util";
import { type AttemptEvent, isRoomTokenError, RoomTokenClient, type RoomTokenError } from "../src/index.ts";
import { startSandbox } from "../src/sandbox/index.ts";
import { type Span, shorten, timeline, wrap } from "./demo-picture.ts";

const TOKEN_TTL_SECS = 600;
const REFRESH_TOKEN_TTL_SECS = 3_600;
const COLUMNS = 80;

const HELP = `Usage: npm run demo
       npm run demo -- --live

Creates a token, refreshes it, and shows the error of an expired refresh token: without a key and a network, against
the sandbox. With --live it does the same at Telnyx, with TELNYX_API_KEY and TELNYX_ROOM_ID of the environment.`;

/** Where the demo runs: a client and a room, and what differs between the sandbox and Telnyx. */
interface Stage {
  readonly title: string;
  readonly roomTokens: RoomTokenClient;
  readonly roomId: string;
  /** Lets time pass for the server; at Telnyx nobody can. */
  readonly setElapsed?: (secs: number) => void;
  readonly close: () => Promise<void>;
}

async function sandboxStage(onAttempt: (event: AttemptEvent) => void): Promise<Stage> {
  const sandbox = await startSandbox();
  let elapsedSecs = 0;
  return {
    title: `the sandbox on ${sandbox.url}, without a key`,
    // Given, not left to the environment: the demo must not call Telnyx because a key happens to be set.
    roomTokens: new RoomTokenClient({ apiKey: sandbox.apiKey, baseUrl: sandbox.url, onAttempt }),
    roomId: sandbox.roomId,
    setElapsed: (secs) => {
      sandbox.advance((secs - elapsedSecs) * 1000);
      elapsedSecs = secs;
    },
    close: () => sandbox.close(),
  };
}

function liveStage(onAttempt: (event: AttemptEvent) => void): Stage | undefined {
  const missing = ["TELNYX_API_KEY", "TELNYX_ROOM_ID"].filter((name) => !process.env[name]?.trim());
  if (missing.length > 0) {
    console.error(`--live needs ${missing.join(" and ")} in the environment`);
    return undefined;
  }
  const roomId = process.env["TELNYX_ROOM_ID"]?.trim() ?? "";
  const roomTokens = new RoomTokenClient({ onAttempt });
  return { title: "Telnyx, with your key", roomTokens, roomId, close: async () => {} };
}

function step(title: string, call: string): void {
  console.log(`\n${styleText("bold", title)}\n   ${styleText("dim", call)}`);
}

function showToken(label: string, token: string, expiresAt: Date): void {
  const until = expiresAt.toISOString().replace(".000Z", "Z");
  console.log(`   ${label.padEnd(15)}${styleText("cyan", shorten(token))}  until ${until}`);
}

function showAttempt({ status, code, durationMs }: AttemptEvent): void {
  const outcome = status === undefined ? String(code) : `${status}`;
  const colour = code === undefined ? "green" : "red";
  console.log(`   ${"response".padEnd(15)}${styleText(colour, outcome)} after ${Math.round(durationMs)} ms`);
}

function showError(error: RoomTokenError): void {
  console.log(`   ${styleText("red", error.name)}`);
  for (const field of ["message", "code", "status", "retryable"] as const) {
    if (error[field] === undefined) continue;
    const [first, ...more] = wrap(String(error[field]), COLUMNS - 18);
    console.log(`     ${field.padEnd(13)}${first}`);
    for (const line of more) console.log(`${" ".repeat(18)}${line}`);
  }
}

/** A refresh that fails: with the refresh token an hour later, or at Telnyx with a made-up one. */
async function showFailure({ roomTokens, roomId, setElapsed }: Stage, refreshToken: string, atSecs: number) {
  setElapsed?.(atSecs);
  const why = setElapsed
    ? `${atSecs / 60} minutes in: the refresh token has expired`
    : "a made-up refresh token";
  step(`3  ${why}`, "roomTokens.refresh(roomId, { refreshToken })");
  try {
    await roomTokens.refresh(roomId, { refreshToken: setElapsed ? refreshToken : "made-up" });
    console.log("   it was accepted");
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    showError(error);
  }
}

async function play(stage: Stage): Promise<void> {
  const { title, roomTokens, roomId, setElapsed } = stage;
  console.log(`${styleText("bold", "telnyx-room-tokens")}  ${title}\nroom ${roomId}`);
  if (setElapsed)
    console.log(styleText("dim", "The sandbox skips the time between the steps: nobody waits for it."));

  step("1  create", "roomTokens.create(roomId, { tokenTtlSecs: 600, refreshTokenTtlSecs: 3600 })");
  const ttls = { tokenTtlSecs: TOKEN_TTL_SECS, refreshTokenTtlSecs: REFRESH_TOKEN_TTL_SECS };
  const grant = await roomTokens.create(roomId, ttls);
  showToken("token", grant.token, grant.tokenExpiresAt);
  showToken("refresh token", grant.refreshToken, grant.refreshTokenExpiresAt);

  const refreshSecs = 0.8 * TOKEN_TTL_SECS;
  setElapsed?.(refreshSecs);
  const when = setElapsed ? `, ${refreshSecs / 60} minutes in` : "";
  step(`2  refresh${when}`, "roomTokens.refresh(roomId, { refreshToken, tokenTtlSecs: 600 })");
  const { refreshToken } = grant;
  const fresh = await roomTokens.refresh(roomId, { refreshToken, tokenTtlSecs: TOKEN_TTL_SECS });
  showToken("token", fresh.token, fresh.tokenExpiresAt);

  const failedSecs = REFRESH_TOKEN_TTL_SECS;
  await showFailure(stage, refreshToken, failedSecs);

  const startMs = grant.tokenExpiresAt.getTime() - TOKEN_TTL_SECS * 1000;
  const secsIn = (date: Date) => Math.max(0, (date.getTime() - startMs) / 1000);
  const freshEnd = secsIn(fresh.tokenExpiresAt);
  const spans: Span[] = [
    { label: "token", fromSecs: 0, toSecs: TOKEN_TTL_SECS, colour: "green" },
    {
      label: "refreshed",
      fromSecs: Math.max(0, freshEnd - TOKEN_TTL_SECS),
      toSecs: freshEnd,
      colour: "cyan",
    },
    { label: "refresh token", fromSecs: 0, toSecs: secsIn(grant.refreshTokenExpiresAt), colour: "yellow" },
  ];
  if (setElapsed) spans.push({ label: "error", fromSecs: failedSecs, colour: "red" });
  console.log(`\n${styleText("bold", "The lifetimes")}`);
  console.log(timeline(spans, COLUMNS).join("\n"));
}

/** The flags; undefined, with a sentence on standard error, if one is unknown. */
function readArguments(): { live: boolean; help: boolean } | undefined {
  const options = {
    live: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return undefined;
  }
}

/** Runs the demo; its result is the exit code. */
async function main(): Promise<number> {
  const flags = readArguments();
  if (flags === undefined) return 2;
  if (flags.help) {
    console.log(HELP);
    return 0;
  }
  const stage = flags.live ? liveStage(showAttempt) : await sandboxStage(showAttempt);
  if (!stage) return 2;
  try {
    await play(stage);
    return 0;
  } catch (error) {
    if (!isRoomTokenError(error)) throw error;
    showError(error);
    return 1;
  } finally {
    await stage.close();
  }
}

process.exitCode = await main();
