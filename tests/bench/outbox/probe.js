// What the page's IndexedDB and WebSocket do, seen from outside of any subject.

/** Transactions that write and are under way. */
let writing = 0;
let began = [];
let lastKept = 0;

const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (names, mode, options) {
  const transaction = begin.call(this, names, mode, options);
  if (mode !== "readwrite") return transaction;
  const write = { at: performance.now(), kept: undefined };
  began.push(write);
  writing += 1;
  transaction.addEventListener("complete", () => {
    write.kept = lastKept = performance.now();
    writing -= 1;
  });
  transaction.addEventListener("abort", () => (writing -= 1));
  return transaction;
};

/** When the first and the last `chat.send` left, and the most that a socket had not passed on. */
export const sent = { first: undefined, last: undefined, buffered: 0 };

let hasLeft;
/** When the first one leaves. */
export const left = new Promise((resolve) => (hasLeft = resolve));

const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  send.call(this, data);
  if (typeof data !== "string" || !data.includes('"chat.send"')) return;
  sent.last = performance.now();
  sent.first ??= sent.last;
  hasLeft();
  sent.buffered = Math.max(sent.buffered, this.bufferedAmount);
};

const pause = (millis) => new Promise((over) => setTimeout(over, millis));

/** So many looks in a row without a transaction under way; between two of them may be a long task. */
const QUIET_LOOKS = 20;

/** Waits until nothing has been written for a while; when the last of it was kept. */
export async function settled() {
  for (let quiet = 0; quiet < QUIET_LOOKS; quiet += 1) {
    await pause(5);
    if (writing > 0) quiet = 0;
  }
  began = [];
  return lastKept;
}

/** When the first transaction that has begun since was kept. */
export async function kept(since) {
  for (;;) {
    const write = began.find(({ at }) => at >= since);
    if (write?.kept !== undefined) return write.kept;
    await pause(1);
  }
}

/** Looks at the clock all the time until `until` settles; the longest that the page was busy meanwhile. */
export async function longestTask(until) {
  const LOOK_MS = 4;
  let isOver = false;
  const over = () => (isOver = true);
  until.then(over, over);
  let longest = 0;
  for (let last = performance.now(); !isOver; ) {
    await pause(LOOK_MS);
    const now = performance.now();
    longest = Math.max(longest, now - last - LOOK_MS);
    last = now;
  }
  return longest;
}
