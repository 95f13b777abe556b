import { GatewayError } from "./error.js";

const IDLE = Object.freeze({ status: "idle" });
// A first connection that fails so often may be one that never comes.
const MANY_ATTEMPTS = 3;

const NOT_CONNECTING = () => new GatewayError({ code: "not-connected", message: "The client does not connect.", advice: "Call `connect()` first." });

/** Where the connection stands, and who waits for it. */
export class Standing {
  #now = IDLE;
  #waiting = new Set();
  #said = new Set();
  #closed;

  /** @param {() => GatewayError} closed why nobody has to wait any longer */
  constructor(closed) {
    this.#closed = closed;
  }

  get now() {
    return this.#now;
  }

  /** @param {boolean} isSilent nobody else hears of it */
  move(status, isSilent = false) {
    this.#now = Object.freeze(status);
    if (isSilent) this.#complain();
    for (const look of [...this.#waiting]) look();
  }

  ready({ signal } = {}) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const end = (settle, value) => {
        this.#waiting.delete(look);
        signal?.removeEventListener("abort", abort);
        settle(value);
      };
      const look = () => {
        const { status, cause } = this.#now;
        if (status === "ready") end(resolve);
        else if (status === "paused" || status === "crashed") end(reject, new GatewayError(cause));
        else if (status === "closed") end(reject, this.#closed());
      };
      const abort = () => end(reject, signal.reason);
      this.#waiting.add(look);
      signal?.addEventListener("abort", abort);
      look();
      // Who waits may be about to connect.
      queueMicrotask(() => this.#waiting.has(look) && this.#now.status === "idle" && end(reject, NOT_CONNECTING()));
    });
  }

  // Says on the console, once each, why nothing happens: an app that listens to nothing would wait for ever. Who waits in
  // `ready()` is told of a pause there.
  #complain() {
    const { status, cause, attempt, again, message, advice } = this.#now;
    const isStuck = status === "pairing" || status === "paused" || (status === "waiting" && !again && attempt >= MANY_ATTEMPTS);
    if (!isStuck || (status === "paused" && this.#waiting.size > 0)) return;
    const code = cause?.code ?? status;
    if (this.#said.has(code)) return;
    this.#said.add(code);
    console.warn(["clawline:", cause?.message ?? message, cause?.advice ?? advice, `(${code})`].filter(Boolean).join(" "));
  }
}
