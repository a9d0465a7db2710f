import Telnyx from "telnyx";

export async function createToken(roomId: string, apiKey: string): Promise<string | undefined> {
  const { data } = await new Telnyx({ apiKey }).rooms.actions.generateJoinClientToken(roomId, {});
  return data?.token;
}
