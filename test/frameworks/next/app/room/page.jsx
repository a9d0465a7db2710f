import { Room } from "./room.jsx";

/** Made at build time: what is in it lives in the browser. */
export default function Page() {
  return <Room roomId="0ccc7b54-4df3-4bca-a65a-3da1ecc777f0" />;
}
