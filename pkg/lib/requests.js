import { GatewayError, call } from "./error.js";
import { raised } from "./wasm.js";

const LONGEST_TIMEOUT = 2 ** 31 - 1;
const USUAL_TIMEOUT = 30_000;

const NOT_LOADED = () => new GatewayError({ code: "timeout", message: "The module did not load in time; nothing was sent." });

// `null` and infinite timeouts wait for ever, which wasm is told by `undefined`.
function timeout(millis) {
  if (millis === null || millis === undefined || millis > LONGEST_TIMEOUT) return undefined;
  return Math.max(0, Math.ceil(millis));
}

/** What a promise brings, unless the signal comes first. */
export function unless(signal, promise) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    const done = () => signal.removeEventListener("abort", abort);
    promise.then(resolve, reject).then(done);
  });
}

/** Waits for the module as long as a request may wait. */
export async function patient(loading, { signal, timeoutMs = USUAL_TIMEOUT }) {
  const late = new AbortController();
  const wait = timeout(timeoutMs);
  const timer = wait === undefined ? undefined : setTimeout(() => late.abort(NOT_LOADED()), wait);
  try {
    return await unless(signal, unless(late.signal, loading));
  } finally {
    clearTimeout(timer);
  }
}

/** The requests that wait for an answer. */
export class Requests {
  #waiting = new Map();
  #early = new Map();
  #log;
  #refused;

  // refused(method, error): what a refusal means
  constructor(log, refused) {
    this.#log = log;
    this.#refused = refused;
  }

  make(raw, method, params, { signal, timeoutMs = USUAL_TIMEOUT, finalTimeoutMs, expectFinal = false, idempotent = false, onAccepted }) {
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
      if (!signal) return;
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
    const reason = this.#refused(request.method, frame.error);
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
