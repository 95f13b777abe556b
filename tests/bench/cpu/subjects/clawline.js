// Our package, as its users import it.
import { GatewayClient } from "clawline";

export async function open(url, onDelta) {
  const client = new GatewayClient({ url: `${url}/gateway` });
  client.listen("chat", ({ payload }) => onDelta(payload));
  client.connect();
  await client.ready();
  return { request: (method, params) => client.request(method, params) };
}
