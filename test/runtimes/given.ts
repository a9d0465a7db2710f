/** What the runner (run.ts) passes to a run of the suite. */
export interface Given {
  /** What the runtime has to say about itself. */
  readonly expected: string;
  /** The stand-in for Telnyx: its API, its controls, its key and its room. */
  readonly apiUrl: string;
  readonly controlUrl: string;
  readonly apiKey: string;
  readonly roomId: string;
  /** Base URLs below which every response stalls within its body, and is a redirect. */
  readonly stallUrl: string;
  readonly redirectUrl: string;
}

declare module "vitest" {
  interface ProvidedContext {
    given: Given;
  }
}

/** The settings of vitest that all runtimes share. */
export const shared = {
  root: import.meta.dirname,
  include: ["suite/{runtime,client,session}.test.ts"],
  provide: { given: JSON.parse(process.env["RUNTIME_GIVEN"] ?? "{}") as Given },
  // All files use one stand-in for Telnyx.
  fileParallelism: false,
  testTimeout: 60_000,
};
