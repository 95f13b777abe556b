import { GatewayError } from "./error.js";
import { Live } from "./live.js";
import { canonical } from "./names.js";
import { enter, raised } from "./wasm.js";

const EMPTY = { loaded: false, items: [], runs: [], hasOlder: false, error: undefined, outbox: [], closed: false };

const CLOSED = () => new GatewayError({ code: "closed", message: "The chat was closed.", advice: "Open another one with `client.chat()`." });

const EVENTS = ["chat", "chat.side_result", "session.message", "sessions.changed", "agent"];

/** Most of what an agent tells of its work repeats what `chat` says. */
const concerns = (name, payload) => name !== "agent" || payload?.stream === "run_status" || payload?.stream === "lifecycle";

/** One session's chat: see `index.d.ts`. */
export class Chat {
  #client;
  #asked;
  #host;
  #raw;
  #live;
  #offs = [];

  /**
   * @param {string | undefined} sessionKey as the app calls it
   * @param {object} host of the client: `whenLoaded(open)`, `hear(tell)`, `mainSession()`, `send(message, options)`, `closed(chat, sessionKey)`
   */
  constructor(client, sessionKey, host) {
    this.#client = client;
    this.#asked = sessionKey;
    this.#host = host;
    this.#live = new Live({ ...EMPTY, sessionKey }, () => this.#raw && this.#read(this.#raw));
    host.whenLoaded((raw) => this.#live.why === undefined && this.#open(raw));
  }

  // Bound, as frameworks take them.
  subscribe = (listener) => this.#live.subscribe(listener);
  getSnapshot = () => this.#live.state;

  get sessionKey() {
    return this.state.sessionKey;
  }

  get state() {
    return this.#live.state;
  }

  changes(options) {
    return this.#live.changes(options);
  }

  send(message, options) {
    if (this.#live.why !== undefined) throw this.#live.why;
    return this.#host.send(message, { ...options, sessionKey: this.sessionKey });
  }

  async stop() {
    await this.#opened().stop().catch(rethrow);
  }

  async older() {
    return this.#opened().older().catch(rethrow);
  }

  close() {
    if (this.#live.why !== undefined) return;
    const { sessionKey } = this;
    const raw = this.#raw;
    this.abandon(CLOSED());
    // The call that led here may come from there.
    queueMicrotask(() => raw?.free());
    this.#host.closed(this, sessionKey);
  }

  /** The end, without a word to the module. */
  abandon(why) {
    this.#raw = undefined;
    for (const off of this.#offs) off();
    this.#live.end(why);
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.close();
  }

  #open(raw) {
    const client = this.#client;
    const change = () => this.#live.change();
    const ask = (method, params) => client.call(method, params);
    const chat = raw.chat(this.#asked, ask, change);
    this.#raw = chat;
    this.#offs = [
      ...EVENTS.map((name) => client.listen(name, ({ payload }) => concerns(name, payload) && chat.event(name, payload))),
      this.#host.hear((type, detail) => {
        if (type === "status" && detail.status === "ready") chat.resume();
        if (type === "gap") chat.refresh();
        if (type === "outbox" || type === "restored") change();
      }),
    ];
    change();
  }

  #read(raw) {
    const state = enter(() => raw.state());
    const shown = new Set(state.items.map(({ key }) => key));
    const isHere = ({ key, method, session }) => method === undefined && !shown.has(key) && this.#isOf(session, state.sessionKey);
    const error = state.error === undefined ? undefined : raised(state.error);
    return { ...state, error, outbox: this.#client.entries().filter(isHere), closed: false };
  }

  // Whether a message to this session belongs here. Of one that nobody can tell
  // (the main session's name is not known yet) it is better shown than hidden.
  #isOf(session, known) {
    const main = this.#host.mainSession();
    const [theirs, ours] = [session, known ?? this.#asked].map((name) => canonical(name, main));
    return theirs === undefined || ours === undefined || theirs === ours || session === this.#asked;
  }

  #opened() {
    const { why } = this.#live;
    if (why !== undefined) throw why;
    if (this.#raw === undefined) throw new TypeError("The chat is not open yet: wait for a change.");
    return this.#raw;
  }
}

function rethrow(error) {
  throw raised(error);
}
