import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { listen } from "../loopback.ts";

/** The network between a page and its gateway: a TCP relay that can be cut, be down, or lose every byte. */
export class Link {
  /** Whether no new connection is made. */
  isDown = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isSwallowing = false;

  constructor(targetPort: number) {
    this.#server = createServer((near) => {
      if (this.isDown) return near.resetAndDestroy();
      const far = connect(targetPort, "127.0.0.1");
      this.#relay(near, far);
      this.#relay(far, near);
    });
  }

  async listening(): Promise<void> {
    await listen(this.#server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on connections stay open and new ones are accepted, but no byte passes, and no end of a connection. */
  swallow(): void {
    this.#isSwallowing = true;
  }

  /** Cuts every connection with a reset; new ones pass. */
  cut(): void {
    this.#isSwallowing = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on("error", () => to.resetAndDestroy());
    from.on("data", (bytes) => this.#isSwallowing || to.write(bytes));
    from.on("close", () => {
      if (this.#isSwallowing) return; // the other side hears of it when the link is cut
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
