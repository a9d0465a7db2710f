declare module "*.svelte" {
  import type { Component } from "svelte";
  import type { RoomTokenSession } from "telnyx-room-tokens/session";

  const component: Component<{ session: RoomTokenSession }>;
  export default component;
}
declare module "*.svelte?raw" {
  const source: string;
  export default source;
}
