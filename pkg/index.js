import initWasm, { RawClient } from "./dist/clawline.js";

let loading;

// Node's `fetch` reads no files. Asked for in this way, the file system stays out of bundles for browsers.
async function fromDisk() {
  const files = globalThis.process?.getBuiltinModule?.("node:fs/promises");
  const place = files && new URL("./dist/clawline_bg.wasm", import.meta.url);
  return place?.protocol === "file:" ? files.readFile(place) : undefined;
}

async function load(source) {
  return initWasm({ module_or_path: source ?? (await fromDisk()) });
}

/** Loads the WebAssembly module; a client does so by itself. */
export function init(source) {
  loading ??= load(source).catch((error) => {
    // A flaky network now is no reason to fail for ever.
    loading = undefined;
    throw new GatewayError({ code: "wasm", message: `The WebAssembly module did not load: ${error?.message ?? error}` });
  });
  return loading;
}

export class GatewayError extends Error {
  name = "GatewayError";

  constructor({ code, message, sent = false, accepted = false, gateway }) {
    super(message);
    this.code = code;
    this.sent = sent;
    this.accepted = accepted;
    if (gateway !== undefined) this.gateway = gateway;
  }
}

const MOST_UNREAD = 1000;
const LEVELS = ["debug", "info", "warn", "error"];
const LONGEST_TIMEOUT = 2 ** 31 - 1;

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

// Rust throws plain objects with a code; everything else is what it is.
function raised(error) {
  return typeof error === "object" && error !== null && "code" in error && !(error instanceof Error) ? new GatewayError(error) : error;
}

function kept(keep) {
  try {
    return keep();
  } catch (error) {
    throw raised(error);
  }
}

// The key of a new entry, once that is on the disk (or cannot be).
async function stored(raw, keep) {
  const key = kept(keep);
  await raw.stored(key);
  return key;
}

// `null` and infinite timeouts wait for ever, which wasm is told by `undefined`.
function timeout(millis) {
  if (millis === null || millis === undefined || millis > LONGEST_TIMEOUT) return undefined;
  return Math.max(0, Math.ceil(millis));
}

// What an app's own function throws must not break the client: the page's
// handler of errors hears it.
function report(error) {
  queueMicrotask(() => {
    throw error;
  });
}

export class GatewayClient extends EventTarget {
  #options;
  #raw;
  #wanted = false;
  #requests = new Map();
  #early = new Map();
  #listeners = new Map();
  #readers = new Set();
  #followed = new Set();

  constructor(options) {
    super();
    if (options?.url === undefined) throw new TypeError("GatewayClient needs a `url`");
    this.#options = options;
    this.on("status", ({ status }) => {
      if (status === "ready") for (const key of this.#followed) this.#subscribe(key);
    });
  }

  get status() {
    return this.#raw?.status() ?? (this.#wanted ? { status: "connecting", attempt: 1, again: false } : { status: "idle" });
  }

  get hello() {
    return this.#raw?.hello();
  }

  metrics() {
    return this.#raw?.metrics();
  }

  connect() {
    this.#wanted = true;
    this.#load().then(
      (raw) => this.#wanted && raw.connect(),
      (error) => this.#emit("error", error),
    );
  }

  close() {
    this.#wanted = false;
    this.#raw?.close();
    for (const end of this.#readers) end();
  }

  [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    this.close();
    this.#raw?.free();
    this.#raw = undefined;
    return Promise.resolve();
  }

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

  request(method, params = {}, options = {}) {
    const raw = this.#raw;
    // Once loaded, a request leaves before this returns.
    if (raw !== undefined) return this.#request(raw, method, params, options);
    return this.#load().then((loaded) => this.#request(loaded, method, params, options));
  }

  #request(raw, method, params, { signal, timeoutMs = 30_000, finalTimeoutMs, expectFinal = false, idempotent = false, onAccepted }) {
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
      this.#requests.set(id, request);
      if (signal === undefined) return;
      const abort = () => {
        this.#requests.delete(id);
        raw.cancel(id);
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort);
      request.done = () => signal.removeEventListener("abort", abort);
    });
  }

  async send(message, { sessionKey, attachments, ttlMs } = {}) {
    const raw = await this.#load();
    this.follow(sessionKey);
    return stored(raw, () => raw.send(sessionKey, message, attachments, ttlMs));
  }

  async enqueue(method, params = {}, { ttlMs } = {}) {
    const raw = await this.#load();
    return stored(raw, () => raw.enqueue(method, params, ttlMs));
  }

  edit(key, message) {
    return kept(() => this.#raw?.edit(key, message));
  }

  entries() {
    return this.#raw?.entries() ?? [];
  }

  remove(key) {
    return this.#raw?.remove(key) ?? false;
  }

  resend(key) {
    return this.#raw?.resend(key);
  }

  follow(sessionKey) {
    if (this.#followed.has(sessionKey)) return;
    this.#followed.add(sessionKey);
    if (this.status.status === "ready") this.#subscribe(sessionKey);
  }

  async forgetDevice() {
    const raw = await this.#load();
    this.#wanted = false;
    await raw.forgetDevice().catch((error) => {
      throw raised(error);
    });
  }

  on(type, listener, { signal } = {}) {
    const heard = (event) => listener(event.detail);
    this.addEventListener(type, heard, { signal });
    return () => this.removeEventListener(type, heard);
  }

  listen(name, listener, { signal } = {}) {
    let listens = !signal?.aborted;
    if (listens) this.#setListeners(name, [...this.#listenersOf(name), listener]);
    const off = () => {
      if (!listens) return;
      listens = false;
      signal?.removeEventListener("abort", off);
      const listeners = this.#listenersOf(name);
      const place = listeners.indexOf(listener);
      this.#setListeners(name, listeners.filter((_, at) => at !== place));
    };
    signal?.addEventListener("abort", off);
    return off;
  }

  #listenersOf(name) {
    return this.#listeners.get(name) ?? [];
  }

  // Always a new array: the old one may be in use by an event.
  #setListeners(name, listeners) {
    if (listeners.length > 0) this.#listeners.set(name, listeners);
    else this.#listeners.delete(name);
    this.#raw?.listen(name, listeners.length > 0);
  }

  events(name, { signal, buffer = MOST_UNREAD } = {}) {
    const unread = [];
    let lagged = 0;
    let ended = signal?.aborted ?? false;
    let wake = () => {};
    let off = () => {};
    const push = (frame) => {
      if (unread.length >= buffer) {
        unread.shift();
        lagged += 1;
      }
      unread.push(frame);
      wake();
    };
    const stop = () => {
      ended = true;
      wake();
      signal?.removeEventListener("abort", stop);
      this.#readers.delete(stop);
      off();
    };
    if (!ended) {
      // From now on, not from the first `next()` on.
      this.#readers.add(stop);
      signal?.addEventListener("abort", stop);
      off = this.listen(name, push);
    }
    const next = async () => {
      while (unread.length === 0) {
        if (ended) return { done: true, value: undefined };
        await new Promise((resolve) => (wake = resolve));
      }
      const { payload, seq } = unread.shift();
      const value = { payload, seq, lagged };
      lagged = 0;
      return { done: false, value };
    };
    const end = () => {
      stop();
      unread.length = 0;
      return Promise.resolve({ done: true, value: undefined });
    };
    return { next, return: end, [Symbol.asyncIterator]() { return this; } };
  }

  #subscribe(sessionKey) {
    const key = sessionKey ?? this.hello?.snapshot?.sessionDefaults?.mainSessionKey;
    // A gateway that does not know the method sends everything anyway; a lost
    // connection brings us here again.
    if (key !== undefined) this.request("sessions.messages.subscribe", { key }).catch(() => {});
  }

  #load() {
    return init().then(() => {
      if (this.#raw !== undefined) return this.#raw;
      this.#raw = new RawClient(
        this.#options,
        () => this.#ask(),
        (_, frame) => this.#deliver(frame),
        (id, frame, accepted) => this.#settle(id, frame, accepted),
        (type, detail) => this.#emit(type, detail),
        (id, error) => this.#fail(id, new GatewayError(error)),
      );
      for (const name of this.#listeners.keys()) this.#raw.listen(name, true);
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

  #deliver(frame) {
    const listeners = this.#listeners.get(frame.event);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        listener(frame);
      } catch (error) {
        // The others hear the event all the same.
        report(error);
      }
    }
  }

  #settle(id, frame, accepted) {
    const request = this.#requests.get(id);
    if (request === undefined) return;
    if (accepted) {
      request.onAccepted?.(frame.payload);
      return;
    }
    this.#requests.delete(id);
    request.done?.();
    if (frame.ok === true) {
      request.resolve(frame.payload);
      this.#log("request", { method: request.method, id });
      return;
    }
    const gateway = frame.error ?? {};
    const code = gateway.details?.code ?? gateway.code ?? "unknown";
    request.reject(new GatewayError({ code, message: gateway.message ?? "The gateway refused.", sent: true, gateway }));
    this.#log("request", { method: request.method, id, code });
  }

  #fail(id, reason) {
    const request = this.#requests.get(id);
    if (request === undefined) {
      this.#early.set(id, reason);
      queueMicrotask(() => this.#early.delete(id));
      return;
    }
    this.#requests.delete(id);
    request.done?.();
    request.reject(reason);
    this.#log("request", { method: request.method, id, code: reason.code });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
    this.#log(type, detail);
  }

  #log(type, detail) {
    const { logger, logLevel = "info" } = this.#options;
    if (logger === undefined) return;
    const [level, fields] = line(type, detail);
    if (LEVELS.indexOf(level) < LEVELS.indexOf(logLevel)) return;
    try {
      logger(level, type, fields);
    } catch (error) {
      report(error);
    }
  }
}
