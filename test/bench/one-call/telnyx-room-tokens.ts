import { RoomsClientTokens } from "../../../dist/types/src/index.js";

export async function mint(roomId: string, apiKey: string): Promise<string> {
  return (await new RoomsClientTokens({ apiKey }).create(roomId)).token;
}
