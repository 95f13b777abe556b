import { call } from "./error.js";
import { enter, raised } from "./wasm.js";

const EMPTY = { loaded: false, items: [], runs: [], hasOlder: false, error: undefined, outbox: [] };

/** One session's chat: see `index.d.ts`. */
export class Chat {
  #client;
  #raw;
  #state;
  #isStale = false;
  #listeners = new Set();
  #offs = [];
  #closed;

  /**
   * @param {() => Promise<object>} load the client's half in wasm
   * @param {(sessionKey: string | undefined) => void} closed
   */
  constructor(client, sessionKey, load, closed) {
    this.#client = client;
    this.#state = Object.freeze({ ...EMPTY, sessionKey });
    this.#closed = closed;
    const open = (raw) => {
      if (this.#closed === undefined) return;
      const ask = (method, params) => client.call(method, params);
      this.#raw = raw.chat(sessionKey, ask, () => this.#change());
      const whenOpen = (act) => (detail) => this.#raw !== undefined && act(this.#raw, detail);
      this.#offs = [
        client.listen("chat", whenOpen((raw, { payload }) => raw.chat(payload))),
        client.listen("session.message", whenOpen((raw, { payload }) => raw.message(payload))),
        client.on("status", whenOpen((raw, { status }) => status === "ready" && raw.resume())),
        client.on("gap", whenOpen((raw) => raw.refresh())),
        client.on("outbox", () => this.#change()),
        client.on("restored", () => this.#change()),
      ];
      this.#change();
    };
    load().then(open, () => {});
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

  #read(raw) {
    const state = enter(() => raw.state());
    const shown = new Set(state.items.map(({ key }) => key));
    const main = this.#client.hello?.snapshot?.sessionDefaults?.mainSessionKey;
    const isHere = ({ key, method, session = main }) => method === undefined && session === state.sessionKey && !shown.has(key);
    const error = state.error === undefined ? undefined : raised(state.error);
    return { ...state, error, outbox: this.#client.entries().filter(isHere) };
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async *changes({ signal } = {}) {
    let wake;
    let isNew = true;
    const off = this.subscribe(() => {
      isNew = true;
      wake?.();
    });
    const abort = () => wake?.();
    signal?.addEventListener("abort", abort);
    try {
      while (!signal?.aborted && this.#closed !== undefined) {
        if (isNew) {
          isNew = false;
          yield this.state;
        } else {
          await new Promise((resolve) => (wake = resolve));
        }
      }
    } finally {
      off();
      signal?.removeEventListener("abort", abort);
    }
  }

  send(message, options) {
    return this.#client.send(message, { ...options, sessionKey: this.sessionKey });
  }

  async stop() {
    await this.#open().stop().catch(rethrow);
  }

  async older() {
    return this.#open().older().catch(rethrow);
  }

  close() {
    if (this.#closed === undefined) return;
    for (const off of this.#offs) off();
    const { sessionKey } = this;
    this.#raw?.free();
    this.#raw = undefined;
    this.#closed(sessionKey);
    this.#closed = undefined;
    this.#tell();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.close();
  }

  #open() {
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
