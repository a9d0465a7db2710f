import { Figures, Page } from "./page.ts";
import { Telnyx, TOKEN_TTL_SECS } from "./telnyx.ts";
import { seeded, World } from "./world.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const OUTAGE_AFTER_MS = 11 * 60 * MINUTE_MS;
const OUTAGE_MS = 10 * MINUTE_MS;
const DEPLOY_AFTER_MS = 17 * 60 * MINUTE_MS;
const DEPLOY_MS = 2 * MINUTE_MS;
const MARGIN_SECS = 120;

interface DayOptions {
  readonly sessions: number;
  readonly seed: number;
  readonly failureRate: number;
  readonly wrongRefusalRate: number;
}

/** Lets that many pages live for a day of fake time, and counts. */
export async function simulateDay({ sessions, seed, failureRate, wrongRefusalRate }: DayOptions) {
  const random = seeded(seed);
  const startedAt = Date.UTC(2026, 10, 22);
  const world = new World(startedAt);
  const telnyx = new Telnyx(world, random, failureRate, wrongRefusalRate);
  const figures = new Figures();
  const outageEndsAt = startedAt + OUTAGE_AFTER_MS + OUTAGE_MS;
  world.at(startedAt + OUTAGE_AFTER_MS, () => telnyx.startOutage());
  world.at(outageEndsAt, () => telnyx.endOutage());
  world.at(startedAt + DEPLOY_AFTER_MS, () => telnyx.startDeploy());
  world.at(startedAt + DEPLOY_AFTER_MS + DEPLOY_MS, () => telnyx.endDeploy());

  const restore = world.install(random);
  const pages = Array.from(
    { length: sessions },
    (_, i) => new Page(world, telnyx, figures, random, i % 2 === 0),
  );
  try {
    await world.run(startedAt + DAY_MS);
    for (const page of pages) await page.leave(startedAt);
    await world.run(world.now + MINUTE_MS);
    for (const page of pages) page.count();
  } finally {
    restore();
  }
  const afterOutage = [...telnyx.perSecond].filter(([second]) => second * 1000 >= outageEndsAt);
  return {
    ...figures,
    requests: telnyx.requests,
    requestsPerAwakeHour: telnyx.requests / (figures.awakeMs / (60 * MINUTE_MS)),
    idealPerHour: 3600 / (TOKEN_TTL_SECS - MARGIN_SECS),
    peakAfterOutage: Math.max(...afterOutage.map(([, requests]) => requests)),
  };
}
