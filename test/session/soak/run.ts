/** `npm run test:soak [-- seed]`: prints what it counted, and fails where a figure is over its limit. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { simulateDay } from "./day.ts";
import { liveInRealTime } from "./real-time.ts";

const SESSIONS = 2000;

/** A figure, its limit, and whether it holds. */
type Row = readonly [name: string, figure: number, limit: string, holds: boolean];

const zero = (name: string, figure: number): Row => [name, figure, "0", figure === 0];
const atMost = (name: string, figure: number, limit: number): Row => [
  name,
  figure,
  `<= ${limit}`,
  figure <= limit,
];
const atLeast = (name: string, figure: number, limit: number): Row => [
  name,
  figure,
  `>= ${limit}`,
  figure >= limit,
];
const reported = (name: string, figure: number): Row => [name, figure, "", true];

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  for (const [name, figure, limit, holds] of rows) {
    const shown = Number.isInteger(figure) ? String(figure) : figure.toFixed(2);
    console.log(`  ${holds ? " " : "X"} ${name.padEnd(104)} ${shown.padStart(10)}  ${limit}`);
    if (!holds) process.exitCode = 1;
  }
}

const seed = Number(process.argv[2] ?? 20261122);
const startedAt = Date.now();

const dayProcess = fork(new URL("./day-process.ts", import.meta.url), [String(SESSIONS), String(seed)]);
const dayOver = once(dayProcess, "message");
console.log("\n90 s of real time and a day of fake time begin");
const real = await liveInRealTime();
print("Real time: TTL 10 s, 90 s, an outage of 20 s, two dead refresh tokens, a listener that throws", [
  reported("samples, one every 100 ms as far as the machine keeps up", real.samples),
  reported("samples that got a token which the sandbox accepts", real.accepted),
  zero("samples that got a token which it does not accept", real.notAccepted),
  zero("samples rejected while it would have accepted the token held", real.lost),
  reported("the same in that token's last second, which no session relies on: excepted", real.inLastSecond),
  reported("samples rejected during the outage, which outlived the token: excepted", real.outlived),
  zero("samples rejected otherwise", real.unexplained),
  reported("longest wait of a sample in ms, over the end of the outage", Math.round(real.waitedMs)),
  atLeast("refresh tokens found dead", real.refused, 2),
  atLeast("creates", real.creates, 3),
  reported("requests", real.requests),
  zero("unhandled rejections", real.unhandled),
  zero("timers left", real.timersLeft),
]);

const [day]: Awaited<ReturnType<typeof simulateDay>>[] = await dayOver;
if (day === undefined) throw new Error("the day brought no figures");
print(
  `Fake time: ${SESSIONS} sessions x 24 h, TTL 600/3600, seed ${seed}, 1 % wrong refusals, a deploy of 2 min`,
  [
    reported("getToken() calls", day.calls),
    reported("sleeps", day.sleeps),
    reported("steps of a wall clock, each to somewhere within 2 h of the truth", day.steps),
    zero("getToken() rejected while a valid token was held", day.lost),
    reported(
      "the same until the renewal after a clock was set forward, which no session can tell from sleep: excepted",
      day.lostAfterStep,
    ),
    zero("expired tokens given out", day.expired),
    reported("requests", day.requests),
    atMost(
      "requests per session and awake hour (ideal: 7.5)",
      day.requestsPerAwakeHour,
      1.35 * day.idealPerHour,
    ),
    atMost("most requests in a second after the outage", day.peakAfterOutage, 0.08 * SESSIONS),
    reported("times that a session was without a token because of a wrong refusal", day.failed),
    zero(
      "looks at a session that was not ready by itself 150 s after the last fault, or 5 min after a long outage",
      day.notBack,
    ),
    zero("timers left", day.timersLeft),
    zero("listeners left", day.listenersLeft),
  ],
);
console.log(`\n${Math.round((Date.now() - startedAt) / 1000)} s, ${process.exitCode ? "failed" : "passed"}`);
