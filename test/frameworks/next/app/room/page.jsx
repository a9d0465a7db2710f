import { Room } from "./room.jsx";

/** Made at build time: what is in it lives in the browser. */
export default function Page() {
  return <Room roomId="5f0c2a9e-7b1d-4c3e-9a64-2d8e1b7f3c05" />;
}
