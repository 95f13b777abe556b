// Tabs of one browser that share a connection: the lock that lets one of them
// lead, and the channels between them.

// A browser that does not answer for a lock by then has none to give: a page
// that is alone is better than one that never connects.
const ANSWER_MS = 10_000;

/** Whether tabs can find each other here. Plain http has no locks. */
export function canShare() {
  return typeof navigator === "object" && navigator.locks !== undefined && typeof BroadcastChannel === "function";
}

export class Tabs {
  #name;
  #tell;
  #all;
  #mine;
  #lines = new Map();
  #waits;
  #release;
  #left = false;

  // tell("lead"): this tab leads from now on; tell("lost"): it leads no longer;
  // tell("message", message)
  constructor(name, id, tell) {
    this.#name = name;
    this.#tell = (what, detail) => this.#left || tell(what, detail);
    this.#all = new BroadcastChannel(name);
    this.#mine = new BroadcastChannel(`${name}/${id}`);
    for (const channel of [this.#all, this.#mine]) channel.onmessage = ({ data }) => this.#tell("message", data);
  }

  // Whether this tab leads at once. If not, it waits for its turn.
  enter() {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("the browser's locks do not answer")), ANSWER_MS);
      this.#ask({ ifAvailable: true }, (leads) => {
        clearTimeout(late);
        if (!leads) this.#wait();
        resolve(leads);
      }).catch(reject);
    });
  }

  // Leads although another tab does.
  steal() {
    this.#waits?.abort();
    this.#waits = undefined;
    this.#ask({ steal: true }, () => this.#tell("lead")).catch(() => {});
  }

  // Leads no longer, and waits for its turn again.
  yield() {
    this.#release?.();
    this.#wait();
  }

  // To one tab, or to all others.
  post(to, message) {
    if (this.#left) return;
    if (to === "") return this.#all.postMessage(message);
    let line = this.#lines.get(to);
    if (line === undefined) this.#lines.set(to, (line = new BroadcastChannel(`${this.#name}/${to}`)));
    line.postMessage(message);
  }

  // A tab is gone.
  hangUp(to) {
    this.#lines.get(to)?.close();
    this.#lines.delete(to);
  }

  leave() {
    this.#left = true;
    this.#waits?.abort();
    this.#release?.();
    for (const channel of [this.#all, this.#mine, ...this.#lines.values()]) channel.close();
  }

  #wait() {
    // Twice in the queue, a tab that gives way would give way to itself.
    if (this.#left || this.#waits !== undefined) return;
    const waits = (this.#waits = new AbortController());
    const done = () => {
      if (this.#waits === waits) this.#waits = undefined;
    };
    const taken = () => {
      done();
      this.#tell("lead");
    };
    this.#ask({ signal: waits.signal }, taken).catch(done);
  }

  // Asks for the lock and holds it until it is released, or stolen.
  #ask(options, taken) {
    let holds = false;
    const held = navigator.locks.request(this.#name, options, (lock) => {
      holds = lock !== null && !this.#left;
      taken(holds);
      if (holds) return new Promise((release) => (this.#release = release));
    });
    return held.catch((why) => {
      if (!holds) throw why;
      this.#wait();
      this.#tell("lost");
    });
  }
}

// Where there are no locks: has every other tab of an outbox say in the store
// that it lives. Timers of hidden tabs are slow, messages are not.
export class Roll {
  #channel;

  constructor(name, answer) {
    if (typeof BroadcastChannel !== "function") return;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = answer;
  }

  call() {
    this.#channel?.postMessage(null);
  }

  close() {
    this.#channel?.close();
  }
}

// A tab without locks owns its part of the outbox, also after a reload: its
// name is in the session's storage while no page uses it. A copy of a tab finds
// none.
export function ownName(key, fresh) {
  let name = fresh;
  try {
    name = sessionStorage.getItem(key) ?? fresh;
    sessionStorage.removeItem(key);
    addEventListener("pagehide", () => {
      try {
        sessionStorage.setItem(key, name);
      } catch {
        // Then another tab adopts it.
      }
    });
  } catch {
    // No page, or a page that may keep nothing.
  }
  return name;
}
