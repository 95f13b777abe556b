import { GatewayError } from "./error.js";

const ENDS = {
  parked: "The message was not sent, and waits for you.",
  unconfirmed: "Nobody knows whether the message arrived.",
  removed: "The message was taken back.",
};

// Plain http has no `randomUUID`.
export function newKey() {
  if (crypto.randomUUID !== undefined) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What has become of a message, and who waits for that. A promise is made when
// somebody asks for it: ten thousand messages are quickly written.
class Send {
  key;
  state = "queued";
  #reached = new Set();
  #failure;
  #waiting = new Map();

  constructor(key) {
    this.key = key;
  }

  when(step) {
    if (this.#reached.has(step)) return Promise.resolve();
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    let waiting = this.#waiting.get(step);
    if (waiting === undefined) {
      let settle;
      const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
      this.#waiting.set(step, (waiting = { promise, ...settle }));
    }
    return waiting.promise;
  }

  reach(step) {
    this.#reached.add(step);
    this.#waiting.get(step)?.resolve();
    this.#waiting.delete(step);
  }

  fail(why) {
    this.#failure = why;
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }
}

/** One message on its way: see `index.d.ts`. */
class SendHandle {
  #send;
  #cancel;

  constructor(send, cancel) {
    this.#send = send;
    this.#cancel = cancel;
  }

  get key() {
    return this.#send.key;
  }

  get state() {
    return this.#send.state;
  }

  get stored() {
    return this.#send.when("stored");
  }

  get accepted() {
    return this.#send.when("accepted");
  }

  get confirmed() {
    return this.#send.when("confirmed");
  }

  cancel() {
    return this.#cancel(this.key);
  }
}

/** Messages of this client that have not ended. */
export class Sends {
  #sends = new Map();
  #cancel;

  constructor(cancel) {
    this.#cancel = cancel;
  }

  /** @param {() => Promise<void>} keep puts it into the outbox, and resolves when it is stored */
  add(key, keep) {
    const send = new Send(key);
    this.#sends.set(key, send);
    keep().then(
      () => send.reach("stored"),
      (why) => this.#fail(send, why),
    );
    return new SendHandle(send, this.#cancel);
  }

  /** An entry of the outbox moved on. */
  moved({ key, state, reason, replaces }) {
    const send = this.#sends.get(replaces) ?? this.#sends.get(key);
    if (send === undefined) return;
    if (send.key !== key) {
      this.#sends.delete(send.key);
      this.#sends.set(key, send);
      send.key = key;
    }
    send.state = state;
    if (state === "accepted" || state === "confirmed") send.reach("accepted");
    if (state === "confirmed") {
      send.reach("confirmed");
      this.#sends.delete(key);
    } else if (state in ENDS) {
      const message = reason === undefined ? ENDS[state] : `${ENDS[state]} (${reason})`;
      this.#fail(send, new GatewayError({ code: state, message, sent: state === "unconfirmed" }));
    }
  }

  failAll(why) {
    for (const send of this.#sends.values()) this.#fail(send, why);
  }

  #fail(send, why) {
    send.fail(why);
    this.#sends.delete(send.key);
  }
}
