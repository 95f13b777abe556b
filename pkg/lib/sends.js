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

/** One message on its way: see `index.d.ts`. */
class SendHandle {
  #send;

  constructor(send) {
    this.#send = send;
    this.stored = send.stored.promise;
    this.accepted = send.accepted.promise;
    this.confirmed = send.confirmed.promise;
  }

  get key() {
    return this.#send.key;
  }

  get state() {
    return this.#send.state;
  }

  cancel() {
    return this.#send.cancel(this.key);
  }
}

function settleable() {
  let settle;
  const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
  // Whoever does not ask need not handle it.
  promise.catch(() => {});
  return { promise, ...settle };
}

/** Messages of this client that have not ended. */
export class Sends {
  #sends = new Map();
  #cancel;

  constructor(cancel) {
    this.#cancel = cancel;
  }

  /** @param {(key: string) => Promise<void>} keep puts it into the outbox, and resolves when it is stored */
  add(key, keep) {
    const send = { key, state: "queued", stored: settleable(), accepted: settleable(), confirmed: settleable(), cancel: this.#cancel };
    this.#sends.set(key, send);
    keep(key).then(send.stored.resolve, (why) => this.#fail(send, why));
    return new SendHandle(send);
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
    if (state === "accepted" || state === "confirmed") send.accepted.resolve();
    if (state === "confirmed") {
      send.confirmed.resolve();
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
    for (const promise of [send.stored, send.accepted, send.confirmed]) promise.reject(why);
    this.#sends.delete(send.key);
  }
}
