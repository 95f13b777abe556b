const MOST_UNREAD = 1000;

/** Iterators that end with their client. */
export class Streams {
  #ends = new Set();
  #isOver = false;

  end() {
    for (const end of this.#ends) end();
  }

  endForGood() {
    this.#isOver = true;
    this.end();
  }

  /**
   * What a source pushes, in order, from now on and not from the first `next()`
   * on. What is not read in time is dropped, the oldest first.
   * @param {(push: (value: object) => void) => () => void} start answers what ends it
   * @param {(value: object, lagged: number) => object} read makes what is yielded
   */
  open(start, read, { signal, buffer = MOST_UNREAD } = {}) {
    const unread = [];
    let lagged = 0;
    let ended = this.#isOver || signal?.aborted === true;
    const waiting = new Set();
    const wake = () => {
      for (const one of waiting) one();
      waiting.clear();
    };
    let off = () => {};
    const push = (value) => {
      if (unread.length >= buffer) {
        unread.shift();
        lagged += 1;
      }
      unread.push(value);
      wake();
    };
    const stop = () => {
      ended = true;
      wake();
      signal?.removeEventListener("abort", stop);
      this.#ends.delete(stop);
      off();
    };
    if (!ended) {
      this.#ends.add(stop);
      signal?.addEventListener("abort", stop);
      off = start(push);
    }
    const next = async () => {
      while (unread.length === 0) {
        if (ended) return { done: true, value: undefined };
        await new Promise((resolve) => waiting.add(resolve));
      }
      const value = read(unread.shift(), lagged);
      lagged = 0;
      return { done: false, value };
    };
    const end = () => {
      stop();
      unread.length = 0;
      return Promise.resolve({ done: true, value: undefined });
    };
    return { next, return: end, [Symbol.asyncIterator]() { return this; } };
  }
}
