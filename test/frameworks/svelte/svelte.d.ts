declare module "*.svelte" {
  import type { Component } from "svelte";
  import type { RoomTokenSession } from "telnyx-room-tokens/session";

  const component: Component<{ session: RoomTokenSession }>;
  export default component;
}
