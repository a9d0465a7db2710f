/** CommonJS may import the ESM-only package since Node 20.19, and compilers know it since TypeScript 5.8. */
import { RoomsClientTokens } from "telnyx-room-tokens";

import session = require("telnyx-room-tokens/session");

export const roomTokens: RoomsClientTokens = new RoomsClientTokens({ apiKey: null });
export const make = (roomId: string): session.RoomTokenSession =>
  new session.RoomTokenSession({ create: () => roomTokens.create(roomId) });
