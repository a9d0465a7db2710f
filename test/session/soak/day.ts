/** A day of fake time, in a process of its own, because it replaces the clocks and timers of its process. */
import { Figures, Page } from "./page.ts";
import { Telnyx, TOKEN_TTL_SECS } from "./telnyx.ts";
import { World } from "./world.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STARTS_AT = Date.UTC(2026, 10, 22);
const ENDS_AT = STARTS_AT + 24 * HOUR_MS;
const OUTAGE = { startsAt: STARTS_AT + 11 * HOUR_MS, durationMs: 10 * MINUTE_MS };
const DEPLOY = { startsAt: STARTS_AT + 17 * HOUR_MS, durationMs: 2 * MINUTE_MS };
const MARGIN_SECS = 120;

export type DayFigures = Awaited<ReturnType<typeof simulateDay>>;

/** Lets that many pages live for a day of fake time, and counts. */
async function simulateDay(sessions: number, seed: number) {
  const world = new World(STARTS_AT, seed);
  const telnyx = new Telnyx(world);
  const figures = new Figures();
  telnyx.plan("outage", OUTAGE.startsAt, OUTAGE.durationMs);
  telnyx.plan("deploy", DEPLOY.startsAt, DEPLOY.durationMs);
  world.install();
  const pages = Array.from({ length: sessions }, (_, i) => new Page(world, telnyx, figures, i % 2 === 0));
  await world.run(ENDS_AT);
  for (const page of pages) await page.leave(STARTS_AT);
  await world.run(ENDS_AT + MINUTE_MS);
  for (const page of pages) page.count();
  const outageEndsAt = OUTAGE.startsAt + OUTAGE.durationMs;
  const afterOutage = [...telnyx.perSecond].filter(([second]) => second * 1000 >= outageEndsAt);
  return {
    ...figures,
    requests: telnyx.requests,
    requestsPerAwakeHour: telnyx.requests / (figures.awakeMs / HOUR_MS),
    idealPerHour: 3600 / (TOKEN_TTL_SECS - MARGIN_SECS),
    peakAfterOutage: Math.max(...afterOutage.map(([, requests]) => requests)),
  };
}

const [sessions = 0, seed = 0] = process.argv.slice(2).map(Number);
process.send?.(await simulateDay(sessions, seed));
