// As much of protocol 4 as a client needs to call itself connected.

export const event = (name, payload, seq) => JSON.stringify({ type: "event", event: name, payload, seq });

export const answer = (id, payload) => JSON.stringify({ type: "res", id, ok: true, payload });

export const challenge = () => event("connect.challenge", { nonce: crypto.randomUUID(), ts: Date.now() });

/**
 * The greeting to a `connect`.
 * @param {string[]} methods that the server answers
 */
export function hello({ role, scopes }, { methods, bootId = "bench" }) {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "2026.9.6", bootId, connId: crypto.randomUUID() },
    features: { methods, events: ["agent", "chat", "shutdown", "tick"], capabilities: [] },
    snapshot: { presence: [], health: {}, stateVersion: { presence: 1, health: 1 }, sessionDefaults: { mainSessionKey: "agent:main:main" } },
    auth: { method: "none", role, scopes },
    policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
  };
}
