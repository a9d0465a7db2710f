import ky from "ky";

export async function createToken(roomId: string, apiKey: string): Promise<string> {
  const url = `https://api.telnyx.com/v2/rooms/${roomId}/actions/generate_join_client_token`;
  const headers = { authorization: `Bearer ${apiKey}` };
  return (await ky.post(url, { json: {}, headers }).json<{ data: { token: string } }>()).data.token;
}
