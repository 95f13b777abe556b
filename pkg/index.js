import initWasm, { RawClient } from "./dist/clawline.js";

let loading;

/** Loads the WebAssembly module; a client does so by itself. */
export function init(source) {
  loading ??= initWasm(source === undefined ? undefined : { module_or_path: source });
  return loading;
}

export class GatewayError extends Error {
  name = "GatewayError";

  constructor({ code, message, sent = false, gateway }) {
    super(message);
    this.code = code;
    this.sent = sent;
    if (gateway !== undefined) this.gateway = gateway;
  }
}

const MOST_UNREAD = 1000;
const LEVELS = ["debug", "info", "warn", "error"];

// The level and the fields of what is worth a line in a log. Fields are codes,
// keys and numbers, never payloads, addresses with secrets, or tokens.
function line(type, detail) {
  switch (type) {
    case "status": {
      const { status, attempt, retryInMs, cause } = detail;
      const level = status === "paused" ? "error" : status === "waiting" ? "warn" : "info";
      return [level, { status, attempt, retryInMs, code: cause?.code }];
    }
    case "outbox": {
      const { key, state, attempts } = detail;
      const level = state === "parked" || state === "unconfirmed" ? "warn" : "debug";
      return [level, { key, state, attempts }];
    }
    case "error":
      return ["error", { code: detail.code }];
    case "request":
      return ["debug", detail];
    default:
      return ["warn", typeof detail === "string" ? { code: detail } : {}];
  }
}

export class GatewayClient extends EventTarget {
  #options;
  #raw;
  #closed = false;
  #wanted = false;
  #requests = new Map();
  #early = new Map();
  #listeners = new Map();
  #readers = new Set();

  constructor(options) {
    super();
    if (options?.url === undefined) throw new TypeError("GatewayClient needs a `url`");
    this.#options = options;
  }

  get status() {
    return this.#raw?.status() ?? { status: this.#wanted ? "connecting" : "idle", attempt: 1, again: false };
  }

  get hello() {
    return this.#raw?.hello();
  }

  metrics() {
    return this.#raw?.metrics();
  }

  connect() {
    this.#closed = false;
    this.#wanted = true;
    this.#load().then(
      (raw) => this.#wanted && raw.connect(),
      (error) => this.#emit("error", new GatewayError({ code: "wasm", message: `WebAssembly did not load: ${error.message}` })),
    );
  }

  close() {
    this.#wanted = false;
    this.#closed = true;
    this.#raw?.close();
    for (const wake of this.#readers) wake();
  }

  [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    this.close();
    return Promise.resolve();
  }

  /** Resolves when connected; rejects when that needs a person, or on abort. */
  ready({ signal } = {}) {
    return new Promise((resolve, reject) => {
      const off = [];
      const end = (settle, value) => {
        for (const stop of off) stop();
        settle(value);
      };
      const look = (status) => {
        if (status.status === "ready") end(resolve);
        else if (status.status === "paused") end(reject, new GatewayError(status.cause));
        else if (status.status === "closed") end(reject, new GatewayError({ code: "closed", message: "The client was closed." }));
      };
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => end(reject, signal.reason);
      signal?.addEventListener("abort", abort);
      off.push(() => signal?.removeEventListener("abort", abort), this.on("status", look), this.on("error", (error) => end(reject, error)));
      look(this.status);
    });
  }

  async request(method, params = {}, { signal, timeoutMs = 30_000, expectFinal = false, onAccepted } = {}) {
    signal?.throwIfAborted();
    const raw = await this.#load();
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      let id;
      try {
        id = raw.request(method, params, expectFinal, timeoutMs ?? undefined);
      } catch (error) {
        return reject(error.code === undefined ? error : new GatewayError(error));
      }
      const abort = () => {
        this.#requests.delete(id);
        raw.cancel(id);
        reject(signal.reason);
      };
      const done = () => signal?.removeEventListener("abort", abort);
      // It may have failed before its id was known here.
      const failed = this.#early.get(id);
      if (failed !== undefined) {
        this.#early.delete(id);
        return reject(failed);
      }
      this.#requests.set(id, { resolve, reject, onAccepted, done, method });
      signal?.addEventListener("abort", abort);
    });
  }

  /** Puts a chat message into the outbox; answers its key. */
  async send(message, { sessionKey } = {}) {
    const raw = await this.#load();
    try {
      return raw.send(sessionKey, message);
    } catch (error) {
      throw error.code === undefined ? error : new GatewayError(error);
    }
  }

  on(type, listener, { signal } = {}) {
    const heard = (event) => listener(event.detail);
    this.addEventListener(type, heard, { signal });
    return () => this.removeEventListener(type, heard);
  }

  /** Events of the gateway with this name, from now on. */
  async *events(name, { signal, buffer = MOST_UNREAD } = {}) {
    const raw = await this.#load();
    const kind = raw.kind(name);
    const unread = [];
    let lagged = 0;
    let wake = () => {};
    const push = (frame) => {
      if (unread.length >= buffer) {
        unread.shift();
        lagged += 1;
      }
      unread.push(frame);
      wake();
    };
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(push));
    raw.listen(name, true);
    const stop = () => wake();
    this.#readers.add(stop);
    signal?.addEventListener("abort", stop);
    try {
      while (!signal?.aborted) {
        const frame = unread.shift();
        if (frame === undefined) {
          if (this.#closed) return;
          await new Promise((resolve) => (wake = resolve));
          continue;
        }
        const missed = lagged;
        lagged = 0;
        yield { payload: frame.payload, seq: frame.seq, lagged: missed };
      }
    } finally {
      this.#readers.delete(stop);
      signal?.removeEventListener("abort", stop);
      listeners.delete(push);
      if (listeners.size === 0) raw.listen(name, false);
    }
  }

  #load() {
    return init().then(() => {
      this.#raw ??= new RawClient(
        this.#options,
        () => this.#ask(),
        (kind, frame) => {
          for (const listener of this.#listeners.get(kind) ?? []) listener(frame);
        },
        (id, frame, accepted) => this.#settle(id, frame, accepted),
        (type, detail) => this.#emit(type, detail),
        (id, error) => this.#fail(id, error),
      );
      return this.#raw;
    });
  }

  async #ask() {
    const { url, auth } = this.#options;
    const [address, credentials] = await Promise.all([
      typeof url === "function" ? url() : url,
      typeof auth === "function" ? auth() : auth,
    ]);
    return { ...credentials, url: `${address}` };
  }

  #settle(id, frame, accepted) {
    const request = this.#requests.get(id);
    if (request === undefined) return;
    if (accepted) {
      request.onAccepted?.(frame.payload);
      return;
    }
    this.#requests.delete(id);
    request.done();
    if (frame.ok === true) {
      this.#log("request", { method: request.method, id });
      request.resolve(frame.payload);
    } else {
      const gateway = frame.error ?? {};
      const code = gateway.details?.code ?? gateway.code ?? "unknown";
      this.#log("request", { method: request.method, id, code });
      request.reject(new GatewayError({ code, message: gateway.message ?? "The gateway refused.", sent: true, gateway }));
    }
  }

  #fail(id, error) {
    const request = this.#requests.get(id);
    const reason = new GatewayError(error);
    if (request === undefined) {
      this.#early.set(id, reason);
      queueMicrotask(() => this.#early.delete(id));
      return;
    }
    this.#requests.delete(id);
    request.done();
    this.#log("request", { method: request.method, id, code: reason.code });
    request.reject(reason);
  }

  #log(type, detail) {
    const { logger, logLevel = "info" } = this.#options;
    if (logger === undefined) return;
    const [level, fields] = line(type, detail);
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(logLevel)) logger(level, type, fields);
  }

  #emit(type, detail) {
    this.#log(type, detail);
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
