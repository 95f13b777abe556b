// Our package, with its defaults.
import { GatewayClient } from "clawline";

export function open(url, onDone) {
  const client = new GatewayClient({ url: `${url}/gateway` });
  client.on("outbox", ({ state }) => state === "confirmed" && onDone());
  return {
    connect: () => client.connect(),
    send: (sessionKey, text) => client.send(text, { sessionKey }).stored,
  };
}
