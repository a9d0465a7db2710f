// Started by processes.test.ts, on every runtime: makes one call against the server of its first argument
// with the package of its second, prints how it ended, and does nothing to end the process.
const [baseUrl, entry, signalMs] = process.argv.slice(2);
const { RoomTokenClient } = await import(entry);

const signal = signalMs === undefined ? undefined : AbortSignal.timeout(Number(signalMs));
const client = new RoomTokenClient({ apiKey: "KEY", baseUrl, timeoutMs: 600_000, maxRetries: 1 });
const outcome = await client.create("0ccc7b54-4df3-4bca-a65a-3da1ecc777f0", {}, { signal }).then(
  ({ token }) => token.length > 0,
  (error) => error.code,
);
console.log(outcome);
