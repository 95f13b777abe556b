import { call } from "./error.js";
import { Streams } from "./stream.js";

/** A state that changes, and who looks at it, until it is closed. */
export class Live {
  #state;
  #read;
  #isStale = false;
  #why;
  #listeners = new Set();
  #streams = new Streams();

  /** @param {() => object | undefined} read the state as it is now; `undefined` when nobody can tell */
  constructor(initial, read) {
    this.#state = Object.freeze(initial);
    this.#read = read;
  }

  /** The same object until something changes. */
  get state() {
    if (this.#isStale) {
      this.#isStale = false;
      this.#state = Object.freeze(this.#read() ?? this.#state);
    }
    return this.#state;
  }

  /** The error that ended it. */
  get why() {
    return this.#why;
  }

  subscribe(listener) {
    // One listener may be given twice, and each time has an end of its own.
    const one = { listener };
    this.#listeners.add(one);
    return () => void this.#listeners.delete(one);
  }

  changes({ signal } = {}) {
    const start = (push) => {
      push();
      return this.subscribe(push);
    };
    return this.#streams.open(start, () => this.state, { signal, buffer: 1 });
  }

  change() {
    if (this.#why !== undefined) return;
    this.#isStale = true;
    this.#tell();
  }

  end(why) {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#isStale = false;
    this.#state = Object.freeze({ ...this.#state, closed: true });
    this.#streams.endForGood();
    this.#tell();
  }

  #tell() {
    for (const { listener } of [...this.#listeners]) call(listener);
  }
}
