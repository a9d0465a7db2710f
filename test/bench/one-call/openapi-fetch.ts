import createClient from "openapi-fetch";
import type { paths } from "../../../dist/types/generated/rooms-client-tokens.js";

export async function createToken(room_id: string, apiKey: string): Promise<string | undefined> {
  const api = createClient<paths>({
    baseUrl: "https://api.telnyx.com/v2",
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const { data } = await api.POST("/rooms/{room_id}/actions/generate_join_client_token", {
    params: { path: { room_id } },
    body: {},
  });
  return data?.data?.token;
}
