// A gateway that acknowledges and confirms each message at once. `/plain` does
// without the handshake.
import { answer, challenge, event, hello } from "../protocol.mjs";

const METHODS = ["chat.send", "chat.history", "sessions.messages.subscribe"];

export class Session {
  #socket;
  #seq = 0;

  constructor(socket, path) {
    this.#socket = socket;
    socket.on("message", (data) => this.#answer(JSON.parse(data)));
    if (path === "/gateway") socket.send(challenge());
  }

  #answer({ id, method, params }) {
    if (method === "chat.send") return this.#confirm(id, params);
    const payload = method === "connect" ? hello(params, { methods: METHODS }) : {};
    this.#socket.send(answer(id, payload));
  }

  #confirm(id, { idempotencyKey: runId, sessionKey }) {
    this.#socket.send(answer(id, { runId, status: "started" }));
    const message = { role: "assistant", content: [{ type: "text", text: "ok" }], timestamp: Date.now() };
    this.#socket.send(event("chat", { runId, sessionKey, agentId: "main", seq: 1, state: "final", stopReason: "stop", message }, ++this.#seq));
  }
}
