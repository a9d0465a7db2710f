// Loads one contestant, sets it up, and prints what that took: the CPU of the whole process and the time since
// its start, in milliseconds. Without a name it loads nothing: what it prints then is subtracted from the others.
import { writeSync } from "node:fs";
import { CONTESTANTS } from "./contestants.mjs";

const [, , name] = process.argv;
if (name !== undefined) await CONTESTANTS[name]({ baseUrl: "http://127.0.0.1:9" });
const wallMs = performance.now();
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  writeSync(1, JSON.stringify({ cpuMs: (user + system) / 1000, wallMs }));
});
