// What the WebAssembly module would be, played by a test: it keeps what it was
// told, and says what the test has it say.

/** The clients, in the order in which they were made. */
export const made = [];

export const HELLO = {
  type: "hello-ok",
  server: { version: "2026.9.6" },
  features: { methods: ["health", "sessions.list", "a.plugin"], events: [] },
  snapshot: { sessionDefaults: { mainSessionKey: "agent:main:main" } },
  auth: { scopes: ["operator.read", "operator.write"] },
};

export class RawClient {
  static onCrash() {}

  /** Requests that wait for an answer: `{ id, method, params }`. */
  requests = [];
  outbox = [];
  /** The session's name that a hello, now or before, has told. */
  main;
  chats = [];
  freed = false;
  #hello;
  #stored = new Map();

  constructor(options, ask, deliver, settle, notify, fail) {
    Object.assign(this, { options, ask, deliver, settle, notify, failed: fail });
    made.push(this);
  }

  connect() {
    this.notify("status", { status: "connecting", attempt: 1, again: false });
  }

  close() {
    this.notify("status", { status: "closed" });
  }

  free() {
    this.freed = true;
  }

  hello() {
    return this.#hello;
  }

  mainSession() {
    return this.main;
  }

  metrics() {}
  listen() {}
  tap() {}
  cancel() {}

  request(method, params) {
    const id = this.requests.length + 1;
    this.requests.push({ id, method, params });
    return id;
  }

  send(key, session, text, files) {
    this.outbox.push({ key, session, text, files, state: "queued" });
  }

  enqueue(method, params) {
    this.outbox.push({ key: params.idempotencyKey, method, session: params.sessionKey, state: "queued" });
  }

  stored(key) {
    return new Promise((resolve, reject) => this.#stored.set(key, { resolve, reject }));
  }

  entries() {
    return [...this.outbox];
  }

  remove() {
    return false;
  }

  dismiss(key) {
    const at = this.outbox.findIndex((entry) => entry.key === key);
    if (at < 0) return false;
    this.outbox.splice(at, 1);
    this.notify("outbox", { key, state: "removed" });
    return true;
  }

  chat(session, ask, changed) {
    const chat = { session, changed, state: () => ({ sessionKey: session, loaded: false, items: [], runs: [], hasOlder: false }) };
    Object.assign(chat, { free() {}, resume() {}, refresh() {}, chat() {}, message() {}, stop: async () => {}, older: async () => false });
    this.chats.push(chat);
    return chat;
  }

  // What a test has it do.

  /** A hello. */
  ready(hello = HELLO) {
    this.#hello = hello;
    this.main = hello.snapshot.sessionDefaults.mainSessionKey;
    this.notify("status", { status: "ready" });
  }

  keep(key, durable) {
    this.#stored.get(key).resolve(durable);
  }

  /** Answers the latest request of a method. */
  answer(method, payload) {
    this.settle(this.#latest(method), { ok: true, payload }, false);
  }

  refuse(method, error) {
    this.settle(this.#latest(method), { ok: false, error }, false);
  }

  event(event, payload) {
    this.deliver(event, { type: "event", event, payload });
  }

  asked(method) {
    return this.requests.filter((request) => request.method === method);
  }

  #latest(method) {
    return this.asked(method).at(-1).id;
  }
}

export default async function load() {}
