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
  /** Every frame of every connection, in the order in which they came. Names are like "keepalive", "join videoroom". */
  readonly frames: { readonly name: string; readonly token: string; readonly isAccepted: boolean }[] = [];
  /** What happens before the first frame of a name is looked at. If it never ends, that frame gets no answer. */
  readonly before: Map<string, () => unknown> = new Map();
  /** How many connections there were, and how many at one time at most. */
  connectionCount = 0;
  mostAtOnce = 0;
  readonly #options: GatewayOptions;
  readonly #open = new Set<Connection>();
  readonly #banned = new Set<string>();
  readonly #server = new WebSocketServer({ host: "127.0.0.1", port: 0 });

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#server.on("connection", (socket, request) => this.#serve(socket, request));
  }

  /** Resolves to its port. */
  async listening(): Promise<number> {
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** How many participants are in the room. */
  get inRoomCount(): number {
    return [...this.#open].filter(({ janus }) => janus.isInRoom).length;
  }

  /** The names of the frames whose token was not accepted. */
  get rejected(): string[] {
    return this.frames.filter(({ isAccepted }) => !isAccepted).map(({ name }) => name);
  }

  /** From now on every frame with this token gets a 401, however long the token is valid. */
  ban(token = ""): void {
    this.#banned.add(token);
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

  async close(): Promise<void> {
    for (const { socket } of this.#open) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
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
    const happens = this.before.get(name);
    this.before.delete(name);
    await happens?.();
    if (!this.#accept(name, frame.client_token ?? "", roomId)) {
      send({ status_code: 401, error_message: "Unauthorized" });
      return;
    }
    for (const answer of janus.answersTo(frame)) send({ ...answer, transaction: frame.transaction });
  }

  #accept(name: string, token: string, roomId: string): boolean {
    const isAccepted = !this.#banned.has(token) && this.#options.accepts(token, roomId);
    this.frames.push({ name, token, isAccepted });
    this.#options.log(isAccepted ? name : `${name}: 401`, token);
    return isAccepted;
  }
}
