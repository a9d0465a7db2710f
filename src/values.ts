export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export function isFilled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
