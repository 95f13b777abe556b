import { call, refusal } from "./error.js";
import { raised } from "./wasm.js";

const LONGEST_TIMEOUT = 2 ** 31 - 1;

// `null` and infinite timeouts wait for ever, which wasm is told by `undefined`.
function timeout(millis) {
  if (millis === null || millis === undefined || millis > LONGEST_TIMEOUT) return undefined;
  return Math.max(0, Math.ceil(millis));
}

/** The requests that wait for an answer. */
export class Requests {
  #waiting = new Map();
  #early = new Map();
  #log;

  constructor(log) {
    this.#log = log;
  }

  make(raw, method, params, { signal, timeoutMs = 30_000, finalTimeoutMs, expectFinal = false, idempotent = false, onAccepted }) {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      let id;
      try {
        id = raw.request(method, params, expectFinal, timeout(timeoutMs), timeout(finalTimeoutMs), idempotent);
      } catch (error) {
        return reject(raised(error));
      }
      const request = { method, resolve, reject, onAccepted, done: undefined };
      this.#waiting.set(id, request);
      // It may have ended before its id was known here.
      const ended = this.#early.get(id);
      if (ended !== undefined) {
        this.#early.delete(id);
        return ended();
      }
      if (signal === undefined) return;
      const abort = () => {
        this.#waiting.delete(id);
        raw.cancel(id);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort);
      request.done = () => signal.removeEventListener("abort", abort);
    });
  }

  settle(id, frame, accepted) {
    const request = this.#waiting.get(id);
    if (request === undefined) return this.#wait(id, () => this.settle(id, frame, accepted));
    if (accepted) {
      if (request.onAccepted !== undefined) call(request.onAccepted, frame.payload);
      return;
    }
    this.#waiting.delete(id);
    request.done?.();
    if (frame.ok === true) {
      request.resolve(frame.payload);
      this.#log("request", { method: request.method, id });
      return;
    }
    const reason = refusal(frame.error);
    request.reject(reason);
    this.#log("request", { method: request.method, id, code: reason.code });
  }

  fail(id, reason) {
    const request = this.#waiting.get(id);
    if (request === undefined) return this.#wait(id, () => this.fail(id, reason));
    this.#waiting.delete(id);
    request.done?.();
    request.reject(reason);
    this.#log("request", { method: request.method, id, code: reason.code });
  }

  // Whoever made it knows its id in a moment, or gave it up.
  #wait(id, end) {
    this.#early.set(id, end);
    queueMicrotask(() => this.#early.delete(id));
  }

  failAll(reason) {
    for (const id of [...this.#waiting.keys()]) this.fail(id, reason);
  }
}
