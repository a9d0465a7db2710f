import { answerTo } from "./sdp.ts";

/** The part of a frame that is looked at; `body` and `jsep` belong to messages for a plugin. */
export interface JanusFrame {
  readonly janus: string;
  readonly transaction: string;
  readonly client_token?: string;
  readonly plugin?: string;
  readonly handle_id?: number;
  readonly body?: { readonly request: string };
  readonly jsep?: { readonly sdp: string };
}

/** The SDK accepts any whole number other than 0 as the id of a session. */
const SESSION_ID = 1;

/** What a message leads to. The room is empty but for the one who joins, whose id is that of the handle. */
const EVENTS: Readonly<Record<string, object>> = {
  "join audiobridge": { audiobridge: "joined", participants: [] },
  "join videoroom": { videoroom: "joined", publishers: [] },
  "configure audiobridge": { audiobridge: "event", result: "ok" },
  "configure videoroom": { videoroom: "event", configured: "ok" },
};

/** The session of one connection: how each frame is answered. An unknown frame fails the test run. */
export class JanusSession {
  readonly #pluginOfHandle = new Map<number, string>();
  /** Whether it has joined as a participant, and not left. */
  isInRoom = false;

  /** For example "keepalive", "attach videoroom" or "join videoroom". */
  nameOf({ janus, plugin, handle_id, body }: JanusFrame): string {
    const fullName = plugin ?? (body && this.#pluginOfHandle.get(handle_id ?? 0));
    return [body?.request ?? janus, fullName?.replace("janus.plugin.", "")].filter(Boolean).join(" ");
  }

  kicked(): object {
    const [handle] = this.#pluginOfHandle.keys();
    return this.#eventOf(handle, { audiobridge: "event", kicked: handle });
  }

  roomDestroyed(): object {
    const [, handle] = this.#pluginOfHandle.keys();
    return this.#eventOf(handle, { videoroom: "destroyed" });
  }

  /** The answers in their order, without the transaction that they all repeat. */
  answersTo(frame: JanusFrame): object[] {
    return this.#answersTo(frame).map((answer) => ({ session_id: SESSION_ID, ...answer }));
  }

  #answersTo(frame: JanusFrame): object[] {
    switch (frame.janus) {
      case "create":
        return [{ janus: "success", data: { id: SESSION_ID } }];
      case "attach":
        return [{ janus: "success", data: { id: this.#attach(frame.plugin ?? "") } }];
      case "keepalive":
      case "trickle":
        return [{ janus: "ack" }];
      case "detach":
        return [{ janus: "success" }];
      case "message":
        return [{ janus: "ack" }, this.#event(frame)];
      case "destroy":
        this.isInRoom = false;
        return [{ janus: "success" }];
      default:
        throw new Error(`the gateway does not know the frame "${this.nameOf(frame)}"`);
    }
  }

  #attach(plugin: string): number {
    const handle = 101 + this.#pluginOfHandle.size;
    this.#pluginOfHandle.set(handle, plugin);
    return handle;
  }

  #event(frame: JanusFrame): object {
    const { handle_id: handle = 0, jsep } = frame;
    const name = this.nameOf(frame);
    const data = EVENTS[name];
    if (data === undefined) throw new Error(`the gateway does not know the message "${name}"`);
    if (name === "join audiobridge") this.isInRoom = true;
    const answer = jsep && { jsep: { type: "answer", sdp: answerTo(jsep.sdp) } };
    return { ...this.#eventOf(handle, { ...data, id: handle }), ...answer };
  }

  #eventOf(handle: number | undefined, data: object): object {
    const plugin = this.#pluginOfHandle.get(handle ?? 0);
    return { janus: "event", sender: handle, plugindata: { plugin, data } };
  }
}
