/** Stands for @telnyx/video: rooms that do what a session asks of them, and write down their tokens. */
export class Room {
  readonly joinedWith: string;
  readonly handedTokens: string[] = [];
  readonly #listeners = new Map<string, (reason: string) => void>();

  constructor(clientToken: string) {
    this.joinedWith = clientToken;
  }

  on(event: string, listener: (reason: string) => void): () => void {
    this.#listeners.set(event, listener);
    return () => this.#listeners.delete(event);
  }

  getState(): { readonly status: string } {
    return { status: "connected" };
  }

  async connect(): Promise<void> {}

  async updateClientToken(clientToken: string): Promise<void> {
    this.handedTokens.push(clientToken);
  }

  /** Loses the connection for a reason that may be the token's fault. */
  disconnect(): void {
    this.#listeners.get("disconnected")?.("unauthorized");
  }
}

/** Every room so far. */
export const rooms: Room[] = [];

export async function initialize(options: { roomId: string; clientToken: string }): Promise<Room> {
  const room = new Room(options.clientToken);
  rooms.push(room);
  return room;
}
