import { Suspense } from "react";
import { RoomTokenClient } from "telnyx-room-tokens";

/** The key and the base URL come from the environment. Nothing but the call makes the page dynamic. */
async function Token() {
  const { token } = await new RoomTokenClient().create(process.env.ROOM_ID);
  return <p id="token">{token}</p>;
}

/** With Next's cache components, what is made at request time has to stand in a Suspense. */
export default function Page() {
  if (process.env.CACHE_COMPONENTS === undefined) return <Token />;
  return (
    <Suspense>
      <Token />
    </Suspense>
  );
}
