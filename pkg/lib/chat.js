import { call } from "./error.js";
import { Streams } from "./stream.js";
import { enter, raised } from "./wasm.js";

const EMPTY = { loaded: false, items: [], runs: [], hasOlder: false, error: undefined, outbox: [] };

const EVENTS = ["chat", "chat.side_result", "session.message", "sessions.changed", "agent"];

/** Most of what an agent tells of its work repeats what `chat` says. */
const concerns = (name, payload) => name !== "agent" || payload?.stream === "run_status" || payload?.stream === "lifecycle";

/** One session's chat: see `index.d.ts`. */
export class Chat {
  #client;
  #asked;
  #host;
  #raw;
  #state;
  #isStale = false;
  #listeners = new Set();
  #streams = new Streams();
  #offs = [];

  /**
   * @param {string | undefined} sessionKey as the app calls it
   * @param {{ whenLoaded(open: (raw: object) => void): void, send(message: string, options: object): object, closed(chat: Chat, sessionKey?: string): void }} host
   */
  constructor(client, sessionKey, host) {
    this.#client = client;
    this.#asked = sessionKey;
    this.#host = host;
    this.#state = Object.freeze({ ...EMPTY, sessionKey });
    host.whenLoaded((raw) => this.#host !== undefined && this.#open(raw));
  }

  get sessionKey() {
    return this.state.sessionKey;
  }

  /** The same object until something changes. */
  get state() {
    if (this.#isStale && this.#raw !== undefined) {
      this.#isStale = false;
      this.#state = Object.freeze(this.#read(this.#raw));
    }
    return this.#state;
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changes({ signal } = {}) {
    const start = (push) => {
      push();
      return this.subscribe(push);
    };
    return this.#streams.open(start, () => this.state, { signal, buffer: 1 });
  }

  send(message, options) {
    return (this.#host ?? this.#client).send(message, { ...options, sessionKey: this.sessionKey });
  }

  async stop() {
    await this.#opened().stop().catch(rethrow);
  }

  async older() {
    return this.#opened().older().catch(rethrow);
  }

  close() {
    const host = this.#host;
    if (host === undefined) return;
    const { sessionKey } = this;
    const raw = this.#raw;
    this.abandon();
    // The call that led here may come from there.
    queueMicrotask(() => raw?.free());
    host.closed(this, sessionKey);
  }

  /** The end, without a word to the module. */
  abandon() {
    this.#host = undefined;
    this.#raw = undefined;
    for (const off of this.#offs) off();
    this.#streams.endForGood();
    this.#tell();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.close();
  }

  #open(raw) {
    const client = this.#client;
    const ask = (method, params) => client.call(method, params);
    const chat = raw.chat(this.#asked, ask, () => this.#change());
    this.#raw = chat;
    this.#offs = [
      ...EVENTS.map((name) => client.listen(name, ({ payload }) => concerns(name, payload) && chat.event(name, payload))),
      client.on("status", ({ status }) => status === "ready" && chat.resume()),
      client.on("gap", () => chat.refresh()),
      client.on("outbox", () => this.#change()),
      client.on("restored", () => this.#change()),
    ];
    this.#change();
  }

  #read(raw) {
    const state = enter(() => raw.state());
    const shown = new Set(state.items.map(({ key }) => key));
    const main = this.#client.hello?.snapshot?.sessionDefaults?.mainSessionKey;
    const names = [state.sessionKey, this.#asked ?? main];
    const isHere = ({ key, method, session = main }) => method === undefined && names.includes(session) && !shown.has(key);
    const error = state.error === undefined ? undefined : raised(state.error);
    return { ...state, error, outbox: this.#client.entries().filter(isHere) };
  }

  #opened() {
    if (this.#raw === undefined) throw new TypeError("The chat is closed, or not open yet: wait for a change.");
    return this.#raw;
  }

  #change() {
    this.#isStale = true;
    this.#tell();
  }

  #tell() {
    for (const listener of [...this.#listeners]) call(listener);
  }
}

function rethrow(error) {
  throw raised(error);
}
