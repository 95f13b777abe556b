import { text } from "./checks.js";
import { report } from "./error.js";

/** Who listens to which events of the gateway. */
export class Listeners {
  #byName = new Map();
  #changed;

  // changed(name, listens): the first one came, or the last one went
  constructor(changed) {
    this.#changed = changed;
  }

  names() {
    return this.#byName.keys();
  }

  has(name) {
    return this.#byName.has(name);
  }

  add(name, listener, { signal } = {}) {
    text(name, "An event's name");
    // One listener may be given twice, and each time has an end of its own.
    const one = (frame) => listener(frame);
    let listens = !signal?.aborted;
    if (listens) this.#set(name, [...this.#of(name), one]);
    const off = () => {
      if (!listens) return;
      listens = false;
      signal?.removeEventListener("abort", off);
      this.#set(name, this.#of(name).filter((other) => other !== one));
    };
    signal?.addEventListener("abort", off);
    return off;
  }

  deliver(frame) {
    const listeners = this.#byName.get(frame.event);
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

  #of(name) {
    return this.#byName.get(name) ?? [];
  }

  // Always a new array: the old one may be in use by an event.
  #set(name, listeners) {
    if (listeners.length > 0) this.#byName.set(name, listeners);
    else this.#byName.delete(name);
    this.#changed(name, listeners.length > 0);
  }
}
