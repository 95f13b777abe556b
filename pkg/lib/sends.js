import { GatewayError } from "./error.js";

const ENDS = {
  parked: "The message was not sent, and waits for you.",
  unconfirmed: "Nobody knows whether the message arrived.",
  removed: "The message was taken back.",
};

const DISMISSED = () => new GatewayError({ code: "dismissed", message: "The message is no longer followed; it may have arrived, or still arrive." });

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
  // The outbox has it.
  isKept = false;
  #reached = new Map();
  #failure;
  #waiting = new Map();

  constructor(key) {
    this.key = key;
  }

  when(step) {
    if (this.#reached.has(step)) return Promise.resolve(this.#reached.get(step));
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    let waiting = this.#waiting.get(step);
    if (waiting === undefined) {
      let settle;
      const promise = new Promise((resolve, reject) => (settle = { resolve, reject }));
      this.#waiting.set(step, (waiting = { promise, ...settle }));
    }
    return waiting.promise;
  }

  get isOver() {
    return this.#failure !== undefined;
  }

  reach(step, value) {
    this.#reached.set(step, value);
    this.#waiting.get(step)?.resolve(value);
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
  #acts;

  constructor(send, acts) {
    this.#send = send;
    this.#acts = acts;
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
    return this.#acts.cancel();
  }

  dismiss() {
    return this.#acts.dismiss();
  }
}

/** Messages of this client that have not ended. */
export class Sends {
  // Two may want the same key: then one of them is refused.
  #sends = new Map();
  #cancel;
  #dismiss;

  /** `cancel(key)` and `dismiss(key)` end an entry of the outbox, and answer whether they did. */
  constructor(cancel, dismiss) {
    this.#cancel = cancel;
    this.#dismiss = dismiss;
  }

  /** @param {(send: Send) => Promise<{ durable: boolean }>} keep puts it into the outbox, and resolves when it is stored */
  add(key, keep) {
    const send = new Send(key);
    this.#put(send);
    keep(send).then(
      (stored) => send.reach("stored", stored),
      (why) => {
        // What was refused is nowhere.
        if (!send.isKept) send.state = "removed";
        this.#fail(send, why);
      },
    );
    return new SendHandle(send, { cancel: () => this.#take(send), dismiss: () => this.#dismiss(send.key) });
  }

  /** Nobody follows the messages of a key any more, when `end()` ends its entry, or there is none yet. */
  dismiss(key, end) {
    const sends = this.#sends.get(key) ?? [];
    // What the outbox tells of the end is not news to them.
    this.#sends.delete(key);
    const isDone = end();
    for (const send of sends) {
      if (isDone || !send.isKept) {
        send.state = "removed";
        send.fail(DISMISSED());
      } else this.#put(send);
    }
    return isDone || sends.some(({ isKept }) => !isKept);
  }

  /** An entry of the outbox moved on. */
  moved({ key, state, reason, replaces }) {
    for (const send of [...(this.#sends.get(replaces) ?? []), ...(this.#sends.get(key) ?? [])]) {
      if (send.key !== key) {
        this.#drop(send);
        send.key = key;
        this.#put(send);
      }
      this.#move(send, state, reason);
    }
  }

  failAll(why) {
    for (const sends of [...this.#sends.values()]) for (const send of sends) this.#fail(send, why);
  }

  #move(send, state, reason) {
    send.state = state;
    if (state === "accepted" || state === "confirmed") send.reach("accepted");
    if (state === "confirmed") {
      send.reach("confirmed");
      this.#drop(send);
    } else if (state === "removed" && reason === "dismissed") {
      this.#fail(send, DISMISSED());
    } else if (state in ENDS) {
      const message = reason === undefined ? ENDS[state] : `${ENDS[state]} (${reason})`;
      this.#fail(send, new GatewayError({ code: state, message, sent: state === "unconfirmed" }));
    }
  }

  // Takes a message back, also one that waits for the module.
  #take(send) {
    if (send.isOver) return false;
    const isTaken = !send.isKept || this.#cancel(send.key);
    if (isTaken && !send.isKept) this.#move(send, "removed");
    return isTaken;
  }

  #fail(send, why) {
    send.fail(why);
    this.#drop(send);
  }

  #put(send) {
    this.#sends.set(send.key, [...(this.#sends.get(send.key) ?? []), send]);
  }

  #drop(send) {
    const others = (this.#sends.get(send.key) ?? []).filter((other) => other !== send);
    if (others.length > 0) this.#sends.set(send.key, others);
    else this.#sends.delete(send.key);
  }
}
