// OpenClaw's own protocol client with the smallest adapter that its README
// allows, and the policy that its users are shown: 1 s, doubled, up to 30 s. No
// device proof, because the bench's server asks for none.
import { GatewayProtocolClient } from "@openclaw/gateway-client/browser";

const IDENTITY = { id: "webchat-ui", version: "0.0.0", platform: "web", mode: "webchat" };

export function connect(url, { onHello }) {
  const client = new GatewayProtocolClient({
    createSocket(handlers) {
      const socket = new WebSocket(`${url}/gateway`);
      socket.onopen = handlers.open;
      socket.onmessage = ({ data }) => handlers.message(data);
      socket.onclose = ({ code, reason }) => handlers.close(code, reason);
      return {
        isOpen: () => socket.readyState === WebSocket.OPEN,
        send: (text) => socket.send(text),
        close: () => socket.close(),
      };
    },
    createRequestId: () => crypto.randomUUID(),
    buildConnectPlan: () => null,
    buildConnectParams: () => ({
      minProtocol: 4,
      maxProtocol: 4,
      client: IDENTITY,
      role: "operator",
      scopes: ["operator.read", "operator.write"],
    }),
    resolveClose: () => ({ retry: true, notify: true }),
    onHello,
    handshake: { mode: "require-challenge", timeoutMs: 15_000 },
    reconnect: { initialMs: 1_000, multiplier: 2, maxMs: 30_000 },
    requestTimeoutMs: 30_000,
  });
  client.start();
  return client;
}
