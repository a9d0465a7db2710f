/** `npm run test:soak [-- seed]`: prints what it counted, and fails where a figure is over its limit. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { DayFigures } from "./day.ts";
import { liveInRealTime } from "./real-time.ts";

const SESSIONS = 2000;

type Row = readonly [
  name: string,
  figure: number,
  limit?: { readonly least?: number; readonly most?: number },
];

const ZERO = { most: 0 };

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  for (const [name, figure, { least = -Infinity, most = Infinity } = {}] of rows) {
    const holds = figure >= least && figure <= most;
    const limit = Number.isFinite(least) ? `>= ${least}` : Number.isFinite(most) ? `<= ${most}` : "";
    const shown = Number.isInteger(figure) ? String(figure) : figure.toFixed(2);
    console.log(`  ${holds ? " " : "X"} ${name.padEnd(104)} ${shown.padStart(10)}  ${limit}`);
    if (!holds) process.exitCode = 1;
  }
}

const seed = Number(process.argv[2] ?? 20261122);
const startedAt = Date.now();

const dayProcess = fork(new URL("./day.ts", import.meta.url), [String(SESSIONS), String(seed)]);
const dayOver = once(dayProcess, "message");
console.log("\n90 s of real time and a day of fake time begin");
const real = await liveInRealTime();
print("Real time: TTL 10 s, 90 s, an outage of 20 s, two dead refresh tokens, a listener that throws", [
  ["samples, one every 100 ms as far as the machine keeps up", real.count],
  ["samples that got a token which the sandbox accepts", real.accepted],
  ["samples that got a token which it does not accept", real.notAccepted, ZERO],
  ["samples rejected while it would have accepted the token held", real.lost, ZERO],
  ["the same in that token's last second, which no session relies on: excepted", real.inLastSecond],
  ["samples rejected during the outage, which outlived the token: excepted", real.outlived],
  ["samples rejected otherwise", real.unexplained, ZERO],
  ["longest wait of a sample in ms, over the end of the outage", Math.round(real.longestWaitMs)],
  ["refresh tokens found dead", real.refused, { least: 2 }],
  ["creates", real.creates, { least: 3 }],
  ["requests", real.requests],
  ["unhandled rejections", real.unhandled, ZERO],
  ["timers left", real.timersLeft, ZERO],
]);

const [day]: DayFigures[] = await dayOver;
if (day === undefined) throw new Error("the day brought no figures");
const { requestsPerAwakeHour, idealPerHour } = day;
print(
  `Fake time: ${SESSIONS} sessions x 24 h, TTL 600/3600, seed ${seed}, 1 % wrong refusals, a deploy of 2 min`,
  [
    ["getToken() calls", day.calls],
    ["sleeps", day.sleeps],
    ["steps of a wall clock, each to somewhere within 2 h of the truth", day.steps],
    ["getToken() rejected while a valid token was held", day.lost, ZERO],
    [
      "the same after a clock was set forward, which no session can tell from sleep: excepted",
      day.lostAfterStep,
    ],
    ["expired tokens given out", day.expired, ZERO],
    ["requests", day.requests],
    ["requests per session and awake hour (ideal: 7.5)", requestsPerAwakeHour, { most: 1.35 * idealPerHour }],
    ["most requests in a second after the outage", day.peakAfterOutage, { most: 0.08 * SESSIONS }],
    ["times that a session was without a token because of a wrong refusal", day.failed],
    ["not ready by itself 150 s after the last fault, or 5 min after a long outage", day.notBack, ZERO],
    ["timers left", day.timersLeft, ZERO],
    ["listeners left", day.listenersLeft, ZERO],
  ],
);
console.log(`\n${Math.round((Date.now() - startedAt) / 1000)} s, ${process.exitCode ? "failed" : "passed"}`);
