// Our package, read by `for await`. Its loop runs in microtasks.
import { GatewayClient } from "clawline";

export async function open(url, onDelta) {
  const client = new GatewayClient({ url: `${url}/gateway` });
  client.connect();
  await client.ready();
  read(client, onDelta);
  return { request: (method, params) => client.request(method, params) };
}

async function read(client, onDelta) {
  for await (const { payload } of client.events("chat")) onDelta(payload);
}
