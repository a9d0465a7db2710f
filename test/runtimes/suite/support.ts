import { type ClientOptions, RoomTokenClient } from "telnyx-room-tokens";
import { inject } from "vitest";

export const given = inject("given");
export const { roomId, apiKey } = given;
export const inPage = typeof document !== "undefined";

/** A client of the stand-in for Telnyx. It is allowed the key also in a page; page.test.ts shows that it is refused otherwise. */
export function newClient(options: ClientOptions = {}): RoomTokenClient {
  return new RoomTokenClient({
    apiKey,
    baseUrl: given.apiUrl,
    maxRetries: 0,
    dangerouslyAllowBrowser: true,
    ...options,
  });
}

/** Controls the stand-in for Telnyx, and returns what it answers. */
export async function control(command: string, body: object = {}): Promise<unknown> {
  const response = await fetch(given.controlUrl + command, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${command}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The requests since the reset. */
export async function seen(): Promise<{ path: string; headers: Record<string, string>; body: string }[]> {
  return (await fetch(`${given.controlUrl}/requests`)).json();
}

/** Makes the stand-in forget what earlier tests did. */
export async function reset(): Promise<void> {
  await control("/reset");
}

/** What a promise rejects with; fails where it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const ended = await promise.then(
    () => undefined,
    (thrown: unknown) => ({ thrown }),
  );
  if (ended === undefined) throw new Error("expected a rejection");
  return ended.thrown;
}
