import fc from "fast-check";
import { it } from "vitest";
import { life, live } from "./lives.ts";
import { useFakeTime } from "./support.ts";

useFakeTime();

const RUNS = process.env["MODE"] === "deep" ? 3000 : 40;

it(
  "whatever happens in a life: no expired token, no rejection while a valid one is held, ready again at the end",
  async () => {
    await fc.assert(fc.asyncProperty(life, live), { numRuns: RUNS });
  },
  60_000 + RUNS * 200,
);
