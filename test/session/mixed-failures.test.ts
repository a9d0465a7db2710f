import { describe, expect, it } from "vitest";
import { DOWN, open, REFUSED, Server, settle, sleep, useFakeTime } from "./support.ts";

useFakeTime();

describe("refusals among passing failures", () => {
  it("a passing failure does not make the pauses after refusals short again", async () => {
    const server = new Server();
    server.createFailure = REFUSED;
    open(server, { grant: undefined, create: server.create }).start();
    await sleep(71_999);
    server.createFailure = DOWN;
    await sleep(1);
    server.createFailure = REFUSED;
    await sleep(100_000);
    expect(server.creates).toEqual([0, 24_000, 72_000, 72_500, 168_500]);
  });

  it("a create that is refused after it failed in passing is asked once, as the refresh token was refused", async () => {
    const server = new Server();
    server.refreshFailure = REFUSED;
    server.createFailure = DOWN;
    open(server, { create: server.create }).start();
    await sleep(480_000);
    server.createFailure = REFUSED;
    await sleep(20_000);
    expect(server.creates).toEqual([480_000, 480_500]);
    expect(server.refreshes).toEqual([480_000]);
  });

  it("once both were refused, the refresh token is used again where create then fails in passing", async () => {
    const server = new Server();
    server.createFailure = server.refreshFailure = REFUSED;
    const session = open(server, { create: server.create });
    session.start();
    await sleep(480_000);
    server.createFailure = DOWN;
    server.refreshFailure = undefined;
    await sleep(24_500);
    expect(server.creates).toEqual([480_000, 504_000]);
    expect(server.refreshes).toEqual([480_000, 504_500]);
    expect(session.state).toBe("ready");
  });

  it("who comes while a refused callback is asked again waits for that attempt", async () => {
    const server = new Server();
    server.createFailure = REFUSED;
    const session = open(server, { grant: undefined, create: server.create });
    session.start();
    await settle();
    server.createFailure = undefined;
    server.latencyMs = 2000;
    await sleep(25_000);
    const waiting = session.getToken();
    await sleep(1000);
    expect(await waiting).toBe(session.grant?.token);
    expect(server.creates).toEqual([0, 24_000]);
  });
});
