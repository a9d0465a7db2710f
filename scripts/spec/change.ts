import type { Json } from "./json.ts";
import type { OperationName } from "./operations.ts";

/** One fact that differs between two normal forms. */
export interface Change {
  /** The operations it concerns. */
  readonly operations: readonly OperationName[];
  /** What it is about, such as "201 `data.token`". */
  readonly subject: string;
  /** What about it: "added", "removed", "now required", or the name of what has another value now. */
  readonly what: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  /** Whether callers of the old API may fail at the new one. */
  readonly isBreaking: boolean;
}

/** A change of one operation, before it is known which operations share it. */
export type Difference = Omit<Change, "operations">;

/** Which way a value travels decides what breaks: the server may refuse more, or promise less. */
export type Direction = "request" | "response";

export function added(subject: string, isBreaking = false): Difference {
  return { subject, what: "added", isBreaking };
}

export function removed(subject: string, isBreaking: boolean): Difference {
  return { subject, what: "removed", isBreaking };
}

/** A name in a sentence, as code. */
export function code(name: string): string {
  return `\`${name.replaceAll("`", "'")}\``;
}
