/** CommonJS may import the ESM-only package since Node 20.19, and compilers know it since TypeScript 5.8. */
import { RoomTokenClient } from "telnyx-room-tokens";

import session = require("telnyx-room-tokens/session");

export const roomTokens: RoomTokenClient = new RoomTokenClient({ apiKey: null });
export const make = (roomId: string): session.RoomTokenSession =>
  new session.RoomTokenSession({ create: () => roomTokens.create(roomId) });
