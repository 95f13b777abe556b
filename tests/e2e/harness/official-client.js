// Runs in a page: the official client, with the adapter that it leaves to its
// users (a socket, a key, a place for tokens). Bundled by esbuild.
import { GatewayBrowserDeviceAuthLifecycle, GatewayProtocolClient } from "@openclaw/gateway-client/browser";

const CLIENT = { id: "webchat-ui", version: "2026.9.1", platform: "web", mode: "webchat", displayName: "the official client" };
const SCOPES = ["operator.read", "operator.write"];

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

async function makeIdentity() {
  const { publicKey, privateKey } = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const raw = await crypto.subtle.exportKey("raw", publicKey);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  return {
    deviceId: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    publicKey: base64url(raw),
    sign: async (text) => base64url(await crypto.subtle.sign("Ed25519", privateKey, new TextEncoder().encode(text))),
  };
}

function socketTo(url, handlers) {
  const socket = new WebSocket(url);
  socket.onopen = handlers.open;
  socket.onmessage = ({ data }) => handlers.message(data);
  socket.onclose = ({ code, reason }) => handlers.close(code, reason);
  socket.onerror = () => handlers.error(new Error("socket error"));
  return {
    isOpen: () => socket.readyState === WebSocket.OPEN,
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
  };
}

/** Connects; resolves with the client, its hello and all events from then on. */
globalThis.connectOfficially = async (url, token) => {
  const identity = await makeIdentity();
  const tokens = new Map();
  const auth = new GatewayBrowserDeviceAuthLifecycle({
    loadIdentity: async () => identity,
    tokenStore: {
      load: ({ deviceId }) => tokens.get(deviceId) ?? null,
      store: ({ deviceId, token, scopes }) => void tokens.set(deviceId, { token, scopes }),
      clear: ({ deviceId }) => void tokens.delete(deviceId),
    },
  });
  const events = [];
  const hellos = [];
  const { promise, resolve, reject } = Promise.withResolvers();
  const client = new GatewayProtocolClient({
    createSocket: (handlers) => socketTo(url, handlers),
    createRequestId: () => crypto.randomUUID(),
    buildConnectPlan: ({ nonce, challengeTs }) =>
      auth.buildPlan({ client: CLIENT, role: "operator", defaultScopes: SCOPES, token, nonce, challengeTs }),
    buildConnectParams: (plan) => ({
      minProtocol: 4,
      maxProtocol: 4,
      client: CLIENT,
      role: plan.role,
      scopes: plan.scopes,
      caps: ["tool-events"],
      device: plan.device,
      auth: plan.auth,
    }),
    onConnectHello: (hello, { plan }) => auth.acceptHello(hello, plan),
    onHello: (hello) => {
      hellos.push(hello);
      resolve();
    },
    onConnectFailure: (error) => {
      reject(error);
      return { closeCode: 4000, closeReason: "refused", stop: true, error };
    },
    resolveClose: ({ helloReceived }) => ({ retry: helloReceived, notify: true }),
    onEvent: (event) => events.push(event),
    onGap: (gap) => events.push({ event: "gap", payload: gap }),
    handshake: { mode: "require-challenge", timeoutMs: 10_000 },
    reconnect: { initialMs: 100, multiplier: 2, maxMs: 1_000 },
  });
  client.start();
  await promise;
  return { client, events, hellos, tokens, identity };
};
