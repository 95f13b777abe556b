// Chance that can be had again: the same seed throws the same numbers.

/** The seed that was asked for, or a new one; a scenario prints it. */
export function seedOf(name = "CLAWLINE_CHAOS_SEED") {
  return Number(process.env[name] ?? Math.floor(Math.random() * 2 ** 32)) >>> 0;
}

export class Dice {
  #state;

  /** @param {number} seed 32 bits */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to but not including 1 (mulberry32). */
  throw() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below `bound`. */
  below(bound) {
    return Math.floor(this.throw() * bound);
  }

  /** Whether something with this likelihood happens. */
  says(likelihood) {
    return this.throw() < likelihood;
  }

  /** One of them. */
  pick(things) {
    return things[this.below(things.length)];
  }
}
