// A client that asks for something as soon as it is connected. The bundler puts
// one subject beside this file.
import { open } from "subject";

/** When it was first served since the reset, in Unix time. */
let at;
let wake;

globalThis.bench = {
  /**
   * Ends when it was served.
   * @param {number} visits sockets that the page opens beforehand
   */
  async open(url, visits) {
    for (let left = visits; left > 0; left -= 1) await visit(url);
    open(url, () => {
      at ??= performance.timeOrigin + performance.now();
      wake?.();
    });
    await bench.back();
  },

  /** From now on it counts. */
  reset() {
    at = undefined;
  },

  /** When it was served again, once it was. */
  async back() {
    if (at === undefined) await new Promise((woken) => (wake = woken));
    return at;
  },
};

// A socket that opens, and no more.
function visit(url) {
  return new Promise((visited) => {
    const socket = new WebSocket(`${url}/plain`);
    socket.onopen = () => socket.close();
    socket.onclose = visited;
  });
}
