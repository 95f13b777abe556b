// Waiting for something to become true, with a message that says what it was.
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again and again until the answer is truthy, and returns it. The limit
 * keeps a broken subject from hanging the run; it is no assertion about speed.
 */
export async function until(what, ask, { within = 30_000, every = 50 } = {}) {
  const end = performance.now() + within;
  let last;
  for (;;) {
    last = await ask();
    if (last) {
      return last;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${within} ms in vain until ${what}`);
    }
    await sleep(every);
  }
}
