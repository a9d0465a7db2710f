import { describe, expect, it, vi } from "vitest";
import { open, rejection, Server, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("where only a part of a page is there", () => {
  it("a window that cannot be listened to, as that of React Native, is no reason to fail", async () => {
    vi.stubGlobal("window", {});
    const server = new Server();
    const session = open(server);
    session.start();
    await sleep(480_000);
    expect(server.requests).toBe(1);
    session.stop();
  });

  it("a document alone, as some test environments have it, is no reason to fail", async () => {
    vi.stubGlobal("document", new EventTarget());
    const session = open(new Server());
    session.start();
    session.close();
    expect(await rejection(session.getToken())).toMatchObject({ code: "session_closed" });
  });
});
