// A gateway may ask again for what was asked before its connection was lost.
const REMEMBERED = 1000;
// Other tabs of this node hear the same: whoever is first keeps it this long.
const CLAIM_MS = 10_000;
const OTHERS_FIRST_MS = 500;
const LONGEST_MS = 600_000;

/** Runs the commands of a node. */
export class Invocations {
  #handlers = new Map();
  #seen = new Set();
  #client;
  #off;

  constructor(client) {
    this.#client = client;
  }

  on(command, handler) {
    if (this.#handlers.has(command)) throw new TypeError(`${command} has a handler already`);
    this.#handlers.set(command, handler);
    this.#off ??= this.#client.listen("node.invoke.request", ({ payload }) => this.#hear(payload));
    return () => {
      if (this.#handlers.get(command) !== handler) return;
      this.#handlers.delete(command);
      if (this.#handlers.size > 0) return;
      this.#off();
      this.#off = undefined;
    };
  }

  #hear(invocation) {
    if (typeof invocation?.id !== "string" || this.#seen.has(invocation.id)) return;
    this.#seen.add(invocation.id);
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.values().next().value);
    // Another tab of this node may know the command: it goes first.
    if (this.#handlers.has(invocation.command)) this.#claim(invocation);
    else setTimeout(() => this.#claim(invocation), OTHERS_FIRST_MS);
  }

  #claim(invocation) {
    const locks = globalThis.navigator?.locks;
    if (locks === undefined) return this.#run(invocation);
    let isAsked = false;
    const claimed = async (lock) => {
      isAsked = true;
      if (lock === null) return;
      this.#run(invocation);
      await new Promise((done) => setTimeout(done, CLAIM_MS));
    };
    // A page that may use no locks has no other tabs either.
    locks.request(`clawline/invoke/${invocation.id}`, { ifAvailable: true }, claimed).catch(() => isAsked || this.#run(invocation));
  }

  async #run({ id, nodeId, command, paramsJSON, timeoutMs }) {
    const wait = timeoutMs > 0 ? Math.min(Math.ceil(timeoutMs), LONGEST_MS) : LONGEST_MS;
    const due = Date.now() + wait;
    const answer = (outcome) => {
      // Asked again after a lost connection, as long as somebody waits for it.
      const options = { idempotent: true, timeoutMs: Math.max(1, due - Date.now()) };
      return this.#client.call("node.invoke.result", { id, nodeId, ...outcome }, options);
    };
    const outcome = await this.#outcome(command, paramsJSON, AbortSignal.timeout(wait));
    answer(outcome).catch(({ code, message }) => {
      if (code === "too-large") answer(refused(code, message)).catch(() => {});
    });
  }

  async #outcome(command, paramsJSON, signal) {
    const handler = this.#handlers.get(command);
    if (handler === undefined) return refused("unknown-command", `This node does not know ${command}.`);
    try {
      const params = JSON.parse(paramsJSON ?? "null");
      const result = await handler(params, { command, signal });
      return { ok: true, payloadJSON: JSON.stringify(result ?? null) };
    } catch (error) {
      return refused("failed", `${error?.message || error}`);
    }
  }
}

const refused = (code, message) => ({ ok: false, error: { code, message } });
