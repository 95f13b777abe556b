// The official client with what its README leaves to the host: a socket, a key
// (also where the browser has no Ed25519), and a place for the key and tokens.
// It still queues nothing, waits without jitter and watches no clock.
import { GatewayBrowserDeviceAuthLifecycle, GatewayProtocolClient } from "@openclaw/gateway-client/browser";
import { getPublicKeyAsync, signAsync, utils } from "@noble/ed25519";

const CLIENT = { id: "webchat-ui", version: "0.0.0", platform: "web", mode: "webchat" };
const SCOPES = ["operator.read", "operator.write"];
const STORE = "official";

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

function stored(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(STORE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const request = act(opening.result.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    };
  });
}

async function identity() {
  let secret = await stored("readonly", (store) => store.get("key"));
  if (secret === undefined) {
    secret = utils.randomSecretKey();
    await stored("readwrite", (store) => store.put(secret, "key"));
  }
  const raw = await getPublicKeyAsync(secret);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  return {
    deviceId: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    publicKey: base64url(raw),
    sign: async (text) => base64url(await signAsync(new TextEncoder().encode(text), secret)),
  };
}

export function connect(url, token, onHello) {
  const auth = new GatewayBrowserDeviceAuthLifecycle({
    loadIdentity: identity,
    tokenStore: {
      load: ({ deviceId }) => stored("readonly", (store) => store.get(deviceId)),
      store: ({ deviceId, ...token }) => stored("readwrite", (store) => store.put(token, deviceId)),
      clear: ({ deviceId }) => stored("readwrite", (store) => store.delete(deviceId)),
    },
  });
  const client = new GatewayProtocolClient({
    createSocket(handlers) {
      const socket = new WebSocket(url);
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
    buildConnectPlan: ({ nonce, challengeTs }) => auth.buildPlan({ client: CLIENT, role: "operator", defaultScopes: SCOPES, token, nonce, challengeTs }),
    buildConnectParams: (plan) => ({ minProtocol: 4, maxProtocol: 4, client: CLIENT, role: "operator", scopes: plan.scopes, auth: plan.auth, device: plan.device }),
    resolveClose: () => ({ retry: true, notify: true }),
    onHello,
    handshake: { mode: "require-challenge", timeoutMs: 15_000 },
    reconnect: { initialMs: 1_000, multiplier: 2, maxMs: 30_000 },
    requestTimeoutMs: 30_000,
  });
  client.start();
  return client;
}
