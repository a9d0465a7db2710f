import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RoomTokenSession } from "../../../src/session/index.ts";

/** The heap that a started session holds besides the characters of its tokens, in bytes. */
export async function heapPerSession(sessions: number): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const used = async () => {
    for (let i = 0; i < 3; i++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return process.memoryUsage().heapUsed;
  };
  const opened = Array.from({ length: 100 }, () => openSession()); // warms up: code and caches are shared by all
  for (const session of opened.splice(0)) session.close();

  const before = await used();
  let characters = 0;
  for (let i = 0; i < sessions; i++) {
    const session = openSession();
    const { token = "", refreshToken = "" } = session.grant ?? {};
    characters += token.length + refreshToken.length;
    opened.push(session);
  }
  const after = await used();
  for (const session of opened) session.close();
  return (after - before - characters) / sessions;
}

function openSession(): RoomTokenSession {
  const now = Date.now();
  const claims = { iat: Math.floor(now / 1000), exp: Math.floor(now / 1000) + 3600, jti: Math.random() };
  const session = new RoomTokenSession({
    refresh: () => Promise.reject(new Error("not asked")),
    grant: {
      token: `header.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`,
      tokenExpiresAt: new Date(claims.exp * 1000),
      refreshToken: `refresh ${Math.random()}`,
    },
  });
  session.subscribe(() => {});
  session.start();
  return session;
}
