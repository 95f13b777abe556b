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

  add(name, listener, { signal } = {}) {
    text(name, "An event's name");
    let listens = !signal?.aborted;
    if (listens) this.#set(name, [...this.#of(name), listener]);
    const off = () => {
      if (!listens) return;
      listens = false;
      signal?.removeEventListener("abort", off);
      const listeners = this.#of(name);
      const place = listeners.indexOf(listener);
      this.#set(name, listeners.filter((_, at) => at !== place));
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
