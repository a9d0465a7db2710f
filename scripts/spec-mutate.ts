/**
 * `npm run spec:mutate` changes each fact of openapi/upstream.json in turn, lets fragment and types follow, and
 * shows which test, or the type check, notices. Exit status 1 when a change stays unnoticed.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { changesBetween } from "./spec/changes.ts";
import { FILES, ROOT, readObject } from "./spec/files.ts";
import type { JsonObject } from "./spec/json.ts";
import { Judge } from "./spec/judge.ts";
import { mutantsOf } from "./spec/mutants.ts";
import { report } from "./spec/report.ts";

/** How many mutants are judged at once. Each worker has a copy of the repository of its own. */
const WORKERS = availableParallelism();

const upstream = await readObject(join(ROOT, FILES.upstream));
const mutants = await mutantsOf(upstream);
let noticed = 0;

function say(mutant: JsonObject, notice: string | undefined): void {
  const lines = report("text", "", changesBetween(upstream, mutant)).trim().split("\n").slice(1);
  const changes = lines.map((line) => line.replace("BREAKING", "").trim()).join("; ");
  console.log(`${notice === undefined ? "UNNOTICED" : "noticed  "} ${changes}`);
  if (notice !== undefined) console.log(`          by ${notice}`);
}

async function work(judge: Judge, queue: JsonObject[]): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const notice = await judge.notices(mutant);
    if (notice !== undefined) noticed += 1;
    say(mutant, notice);
  }
}

const judges = await Promise.all(Array.from({ length: WORKERS }, () => Judge.open()));
try {
  const falseAlarm = await judges[0]?.notices(upstream);
  if (falseAlarm !== undefined) throw new Error(`this fails without any change: ${falseAlarm}`);
  const queue = [...mutants];
  await Promise.all(judges.map((judge) => work(judge, queue)));
} finally {
  await Promise.all(judges.map((judge) => judge.close()));
}
console.log(`\nscore ${noticed} of ${mutants.length}, ${((100 * noticed) / mutants.length).toFixed(1)} %`);
process.exitCode = noticed === mutants.length ? 0 : 1;
