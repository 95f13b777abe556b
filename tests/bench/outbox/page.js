// What the runner calls in the page. The bundler puts one subject beside this
// file: `open(url, onDone)` answers `{ send(session, text), connect() }`.
import { open } from "subject";
import { kept, left, longestTask, sent, settled } from "./probe.js";

const TEXT = "Never lose a message, never send one twice, and come back by yourself. ".repeat(3).slice(0, 200);

let outbox;
let done = 0;
let lastDone;
let wake;

const session = (number) => `agent:main:bench-${number}`;

globalThis.bench = {
  async open(url) {
    outbox = await open(url, () => {
      done += 1;
      lastDone = performance.now();
      wake?.();
    });
  },

  connect() {
    outbox.connect();
  },

  /** So many messages at once, over so many sessions: until they are kept. */
  async store(count, sessions) {
    await settled();
    const since = performance.now();
    const puts = [];
    for (let number = 0; number < count; number += 1) puts.push(outbox.send(session(number % sessions), `${number} ${TEXT}`));
    await Promise.all(puts);
    return (await settled()) - since;
  },

  /** Sends what is kept, from the start of the client on. */
  async flush(url, count) {
    const since = performance.now();
    const loadTask = longestTask(left);
    await bench.open(url);
    outbox.connect();
    const loadTaskMs = await loadTask;
    const flushTaskMs = await longestTask(finished(count));
    const firstByteMs = sent.first - since;
    const perSecond = (count / (lastDone - sent.first)) * 1_000;
    await settled();
    return { firstByteMs, loadTaskMs, perSecond, flushTaskMs, buffered: sent.buffered };
  },

  /** So many messages, one after the other, once it is connected and compiled. */
  async single(count) {
    const times = [];
    await outbox.send(session(0), TEXT);
    await finished(1);
    for (let number = 0; number < count; number += 1) {
      await settled();
      const before = done;
      const since = performance.now();
      const put = outbox.send(session(0), `${number} ${TEXT}`);
      await finished(before + 1);
      await put;
      times.push({ keptMs: (await kept(since)) - since, leftMs: sent.last - since });
    }
    await settled();
    return times;
  },
};

// A message that is never confirmed must not hold up the bench without a word.
const PATIENCE_MS = 30_000;

async function finished(count) {
  let before = done;
  let stands;
  const look = setInterval(() => {
    if (done === before) stands?.(new Error(`${done} of ${count} messages are confirmed, and no more for ${PATIENCE_MS / 1_000} s`));
    before = done;
  }, PATIENCE_MS);
  try {
    while (done < count) {
      await new Promise((woken, failed) => {
        wake = woken;
        stands = failed;
      });
    }
  } finally {
    clearInterval(look);
  }
}
