import { refusal } from "./error.js";
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
      // It may have failed before its id was known here.
      const failed = this.#early.get(id);
      if (failed !== undefined) {
        this.#early.delete(id);
        return reject(failed);
      }
      const request = { method, resolve, reject, onAccepted, done: undefined };
      this.#waiting.set(id, request);
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
    if (request === undefined) return;
    if (accepted) {
      request.onAccepted?.(frame.payload);
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
    if (request === undefined) {
      this.#early.set(id, reason);
      queueMicrotask(() => this.#early.delete(id));
      return;
    }
    this.#waiting.delete(id);
    request.done?.();
    request.reject(reason);
    this.#log("request", { method: request.method, id, code: reason.code });
  }

  failAll(reason) {
    for (const id of [...this.#waiting.keys()]) this.fail(id, reason);
  }
}
