/** Connects, sends a message to the main session, and answers what comes back. */
export async function chat(GatewayClient, { gateway, token, words }) {
  const client = new GatewayClient({ url: gateway, auth: { token } });
  client.connect();
  await client.ready();
  const events = client.events("chat");
  const { key } = client.send(words);
  for await (const { payload } of events) {
    if (payload.runId !== key || payload.state !== "final") continue;
    client.close();
    return payload.message.content[0].text;
  }
}
