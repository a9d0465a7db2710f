/**
 * A stand-in for the gateway that @telnyx/video joins rooms through, on loopback. It checks the token of every
 * frame.
 *
 * The part of the protocol of @telnyx/video 1.0.2 that it speaks: the SDK opens the WebSocket
 * `wss://video.telnyx.com/<room id>/janus` with the subprotocol `janus-protocol` and sends frames of JSON as the
 * Janus server knows them (https://janus.conf.meetecho.com/docs/rest.html). Each has a `transaction`, which its
 * answer repeats, and `client_token`, the token that the SDK holds at that moment. The token goes nowhere else.
 *
 * | when                | frame                                | answer                                       |
 * |---------------------|--------------------------------------|----------------------------------------------|
 * | `initialize`        | `create`                             | `success` with the id of a session           |
 * | from then every 5 s | `keepalive`                          | `ack`                                        |
 * | `updateClientToken` | `keepalive` with the new token       | `ack`; the promise waits for it, without end |
 * | `connect`           | `attach` to a plugin                 | `success` with the id of a handle            |
 * |                     | `message` to a handle: `join`        | `ack`, then an `event`: `joined`             |
 * |                     | `message`: `configure` with an offer | `ack`, then an `event` with the answer       |
 * |                     | `trickle`, for ICE candidates        | `ack`                                        |
 * | `disconnect`        | `destroy`, then it closes            | `success`                                    |
 *
 * `connect` attaches and joins three times: to the audiobridge as a participant, to the videoroom, and to the
 * audiobridge once more for the mixed sound, which is then configured. The room is connected as soon as the SDP
 * answer has brought a track. That answer has no candidates: no media flow.
 *
 * A frame whose token is not accepted gets `{ status_code: 401, error_message }`, without a transaction. The SDK then
 * closes the WebSocket itself, without a code, and reports `disconnected` with the reason `unknown`. Where `connect` or
 * `updateClientToken` waits for an answer at that moment, it waits for ever.
 */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { type JanusFrame, JanusSession } from "./janus.ts";

/** A frame that came in, and whether the gateway accepted its token. */
interface SeenFrame {
  /** For example "keepalive" or "join videoroom". */
  readonly name: string;
  readonly token: string;
  readonly accepted: boolean;
}

interface GatewayOptions {
  /** Whether a token was minted for that room and is alive. */
  readonly accepts: (token: string, roomId: string) => boolean;
  readonly onFrame: (frame: SeenFrame) => void;
}

export class Gateway {
  /** Every frame of every connection, in the order in which they came. */
  readonly frames: SeenFrame[] = [];
  /** Awaited before the videoroom is joined: makes `connect` slow. */
  beforeJoined: () => Promise<void> = async () => {};
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  readonly #banned = new Set<string>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#server.on("connection", (socket, request) => this.#serve(socket, request));
  }

  async listening(): Promise<void> {
    if (this.#server.address() === null) await once(this.#server, "listening");
  }

  /** What stands in for `wss://video.telnyx.com`. */
  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on every frame with this token gets a 401, however long the token still lives. */
  ban(token: string): void {
    this.#banned.add(token);
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const [, roomId = ""] = /^\/([^/]+)\/janus$/.exec(request.url ?? "") ?? [];
    const janus = new JanusSession();
    const send = (answer: object) => socket.send(JSON.stringify(answer));
    socket.on("message", async (data) => {
      const frame = JSON.parse(String(data)) as JanusFrame;
      const name = janus.nameOf(frame);
      if (!this.#accept(name, frame.client_token ?? "", roomId)) {
        return send({ status_code: 401, error_message: "Unauthorized" });
      }
      const answers = janus.answersTo(frame);
      if (name === "join videoroom") await this.beforeJoined();
      for (const answer of answers) send({ ...answer, transaction: frame.transaction });
    });
  }

  #accept(name: string, token: string, roomId: string): boolean {
    const accepted = !this.#banned.has(token) && this.#options.accepts(token, roomId);
    const seen = { name, token, accepted };
    this.frames.push(seen);
    this.#options.onFrame(seen);
    return accepted;
  }
}

/** Starts a gateway on a free loopback port. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new Gateway(options);
  await gateway.listening();
  return gateway;
}
