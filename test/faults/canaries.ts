import { inspect } from "node:util";

/** Every secret of these tests contains this word, and nothing else does. */
const CANARY = "CANARY";
// They consist of the characters of real ones, which no escaping changes.
export const API_KEY = "CANARY_key-0123456789.ABC";
export const REFRESH_TOKEN = "CANARY-refresh_token.0123456789";
export const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJDQU5BUlkifQ.CANARY-signature";
export const OPAQUE_TOKEN = "CANARY-opaque-token-0123456789";

/**
 * Where a canary can be seen from `value`: in how it is printed, serialised or cloned, and in every own and
 * inherited property, symbols, non-enumerables and getters included, as deep as it goes.
 */
export function findCanaries(value: unknown): string[] {
  const found: string[] = [];
  const look = (place: string, text: unknown) => {
    if (typeof text === "string" && text.includes(CANARY)) found.push(place);
  };
  for (const [name, render] of Object.entries(RENDERINGS))
    look(
      name,
      attempt(() => render(value)),
    );
  walk(value, "value", look, new Set());
  return found;
}

const RENDERINGS: Record<string, (value: unknown) => unknown> = {
  String: (value) => String(value),
  JSON: (value) => JSON.stringify(value),
  inspect: (value) => inspect(value, { depth: Infinity, showHidden: true, getters: true, showProxy: true }),
  clone: (value) => inspect(structuredClone(value), { depth: Infinity, showHidden: true }),
};

/** What cannot be rendered at all, such as a clone of a function, shows nothing. */
function attempt(render: () => unknown): unknown {
  try {
    return render();
  } catch {
    return undefined;
  }
}

function walk(
  value: unknown,
  path: string,
  look: (place: string, text: unknown) => void,
  seen: Set<unknown>,
): void {
  look(path, value);
  if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Map || value instanceof Set) walk([...value], `${path}.entries`, look, seen);
  for (let owner: object | null = value; owner !== null; owner = Reflect.getPrototypeOf(owner)) {
    for (const key of Reflect.ownKeys(owner)) {
      look(`${path} (key)`, String(key));
      const inner = attempt(() => Reflect.get(owner, key, value));
      walk(inner, `${path}.${String(key)}`, look, seen);
    }
  }
}
