import { RoomTokenSession } from "telnyx-room-tokens/session";

/** A session of 10 s tokens, whose back end can be down, and the requests that it made. */
export class TestSession {
  isDown = false;
  requests = 0;
  readonly session: RoomTokenSession = new RoomTokenSession({
    create: async () => {
      this.requests += 1;
      if (this.isDown) throw { status: 503 };
      const tokenExpiresAt = new Date(Date.now() + 10_000);
      return { token: `token ${this.requests}`, tokenExpiresAt };
    },
  });
}
