export async function mint(roomId: string, apiKey: string): Promise<string> {
  const response = await fetch(
    `https://api.telnyx.com/v2/rooms/${roomId}/actions/generate_join_client_token`,
    {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
      body: "{}",
    },
  );
  return ((await response.json()) as { data: { token: string } }).data.token;
}
