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
 * A kick is an `event` of the audiobridge, `{ audiobridge: "event", kicked: <handle> }`; the end of a room one of the
 * videoroom, `{ videoroom: "destroyed" }`. The close code of a WebSocket is the SDK's reason for `disconnected`: 1000
 * `user_initiated`, 1006 `network_error`, 3999 `timed_out`, 4000 `session_terminated`, all others `unknown`.
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
  readonly isAccepted: boolean;
}

interface GatewayOptions {
  /** Whether a token was created for that room and has not expired. */
  readonly accepts: (token: string, roomId: string) => boolean;
  readonly log: (line: string, token?: string) => void;
}

interface Connection {
  readonly socket: WebSocket;
  readonly janus: JanusSession;
}

export class Gateway {
  /** Every frame of every connection, in the order in which they came. */
  readonly frames: SeenFrame[] = [];
  /** The names of frames that are not answered. */
  readonly unanswered: Set<string> = new Set();
  /** Called, and awaited, before a frame of that name is looked at. */
  readonly before: Map<string, () => unknown> = new Map();
  /** How many connections there were, and how many at one time at most. */
  connectionCount = 0;
  mostAtOnce = 0;
  /** Whether frames of that name are rejected, whatever their token. */
  rejects: (name: string) => boolean = () => false;
  readonly #options: GatewayOptions;
  readonly #open = new Set<Connection>();
  readonly #banned = new Set<string>();
  #server: WebSocketServer;
  #port = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#server = this.#listen();
  }

  async listening(): Promise<void> {
    if (this.#server.address() === null) await once(this.#server, "listening");
    this.#port = this.port;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#port;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** How many participants are in the room. */
  get inRoomCount(): number {
    return [...this.#open].filter(({ janus }) => janus.isInRoom).length;
  }

  /** From now on every frame with this token gets a 401, however long the token is valid. */
  ban(token: string | undefined): void {
    if (token !== undefined) this.#banned.add(token);
  }

  /** A moderator removes everybody. */
  kick(): void {
    for (const { socket, janus } of this.#open) socket.send(JSON.stringify(janus.kicked()));
  }

  /** The room ends. */
  destroyRoom(): void {
    for (const { socket, janus } of this.#open) socket.send(JSON.stringify(janus.roomDestroyed()));
  }

  closeAll(code: number): void {
    for (const { socket } of this.#open) socket.close(code);
  }

  /** Closes every connection with "going away"; nothing listens at its port until `startAgain`. */
  async stop(): Promise<void> {
    this.closeAll(1001);
    await this.close();
  }

  async startAgain(): Promise<void> {
    this.#server = this.#listen();
    await this.listening();
  }

  async close(): Promise<void> {
    for (const { socket } of this.#open) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #listen(): WebSocketServer {
    const server = new WebSocketServer({ host: "127.0.0.1", port: this.#port });
    server.on("connection", (socket, request) => this.#serve(socket, request));
    return server;
  }

  #serve(socket: WebSocket, request: IncomingMessage): void {
    const [, roomId = ""] = /^\/([^/]+)\/janus$/.exec(request.url ?? "") ?? [];
    const connection = { socket, janus: new JanusSession() };
    const number = ++this.connectionCount;
    this.#open.add(connection);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.size);
    this.#options.log(`connection ${number} open`);
    socket.on("close", (code) => {
      this.#open.delete(connection);
      this.#options.log(`connection ${number} closed, ${code}`);
    });
    socket.on("message", (data) => this.#answer(connection, JSON.parse(String(data)), roomId));
  }

  async #answer({ socket, janus }: Connection, frame: JanusFrame, roomId: string): Promise<void> {
    const name = janus.nameOf(frame);
    const send = (answer: object) => socket.readyState === 1 && socket.send(JSON.stringify(answer));
    await this.before.get(name)?.();
    if (!this.#accept(name, frame.client_token ?? "", roomId)) {
      send({ status_code: 401, error_message: "Unauthorized" });
      return;
    }
    const answers = janus.answersTo(frame);
    if (this.unanswered.has(name)) return;
    for (const answer of answers) send({ ...answer, transaction: frame.transaction });
  }

  #accept(name: string, token: string, roomId: string): boolean {
    const isAccepted =
      !this.rejects(name) && !this.#banned.has(token) && this.#options.accepts(token, roomId);
    this.frames.push({ name, token, isAccepted });
    this.#options.log(isAccepted ? name : `${name}: 401`, token);
    return isAccepted;
  }
}

/** Starts a gateway on a free loopback port. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new Gateway(options);
  await gateway.listening();
  return gateway;
}
