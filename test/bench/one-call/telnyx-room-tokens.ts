import { RoomTokenClient } from "../../../dist/types/src/index.js";

export async function createToken(roomId: string, apiKey: string): Promise<string> {
  return (await new RoomTokenClient({ apiKey }).create(roomId)).token;
}
