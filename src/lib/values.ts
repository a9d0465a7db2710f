/** Whether a value is an object with members to read; a function is not. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function isNonEmptyString(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Reads a member of any value; undefined where there is none, a getter throws, or a proxy traps. */
export function peek(value: unknown, name: string | symbol): unknown {
  try {
    return isObject(value) ? value[name as string] : undefined;
  } catch {
    return undefined;
  }
}
