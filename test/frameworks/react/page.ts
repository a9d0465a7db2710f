import { act, createElement, type FunctionComponent, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { RoomTokenSession } from "telnyx-room-tokens/session";
import { vi } from "vitest";
import { StandIn } from "../../../src/sandbox/stand-in.ts";

const ROOM_IDS = ["5f0c2a9e-7b1d-4c3e-9a64-2d8e1b7f3c05", "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0"] as const;
export const [ROOM_ID, OTHER_ROOM_ID] = ROOM_IDS;

/** A component that is given its room. */
export type RoomComponent = FunctionComponent<{ readonly roomId: string }>;

/** Puts a back end in the place of `fetch`, which passes on what Telnyx answers. */
export function stubBackEnd(): StandIn {
  const sandbox = new StandIn({ roomIds: ROOM_IDS });
  const headers = { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" };
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const url = `http://sandbox.test/v2${path.replace(/token$/, "actions/generate_join_client_token")}`;
    return sandbox.fetch(url, { ...init, headers, body: "{}" });
  });
  return sandbox;
}

export const newSession = (roomId: string): RoomTokenSession =>
  new RoomTokenSession({
    create: ({ signal }) => fetch(`/rooms/${roomId}/token`, { method: "POST", signal }),
  });

/** How often each event has a listener on the document and on the window. */
export function countListeners(): () => Record<string, number> {
  const counts: Record<string, number> = {};
  for (const target of [document, window]) {
    const { addEventListener, removeEventListener } = target;
    vi.spyOn(target, "addEventListener").mockImplementation((name: string, ...rest: unknown[]) => {
      counts[name] = (counts[name] ?? 0) + 1;
      Reflect.apply(addEventListener, target, [name, ...rest]);
    });
    vi.spyOn(target, "removeEventListener").mockImplementation((name: string, ...rest: unknown[]) => {
      counts[name] = (counts[name] ?? 0) - 1;
      Reflect.apply(removeEventListener, target, [name, ...rest]);
    });
  }
  return () => Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

export const inStrictMode = (component: RoomComponent, roomId: string) =>
  createElement(StrictMode, null, createElement(component, { roomId }));

/** A place in the document for a tree of components in StrictMode. */
export class Page {
  readonly container: HTMLElement = document.body.appendChild(document.createElement("div"));
  readonly #root: Root = createRoot(this.container);

  get text(): string {
    return this.container.textContent;
  }

  show(component: RoomComponent, roomId: string = ROOM_ID): Promise<void> {
    return act(async () => this.#root.render(inStrictMode(component, roomId)));
  }

  unmount(): Promise<void> {
    return act(async () => this.#root.unmount());
  }
}

/** Lets time go by. */
export function wait(ms: number): Promise<void> {
  return act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
}
