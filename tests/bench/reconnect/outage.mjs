// A gateway in a process of its own, which can be killed and started again on
// the same ports.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("gateway.mjs", import.meta.url));

export class Gateway {
  #process;
  #lines;
  #count;
  #port;

  /** @param {number} count of its addresses */
  static async start(count) {
    const gateway = new Gateway();
    gateway.#count = count;
    await gateway.#run();
    return gateway;
  }

  get urls() {
    return Array.from({ length: this.#count }, (_, next) => `ws://127.0.0.1:${this.#port + next}`);
  }

  /**
   * Kills it, and starts it again after so many milliseconds.
   * @param {number} [toldMs] what the clients are told beforehand
   * @returns {Promise<{ at: number, downMs: number }>} when it listened again, in Unix time, and how long it did not
   */
  async outage(downMs, toldMs) {
    const since = performance.timeOrigin + performance.now();
    const waited = sleep(downMs);
    if (toldMs !== undefined) {
      this.#process.stdin.write(`shutdown ${toldMs}\n`);
      await this.#line();
    }
    await this.stop();
    await waited;
    const at = await this.#run();
    return { at, downMs: at - since };
  }

  async #run() {
    const args = [this.#count, this.#port].filter((arg) => arg !== undefined);
    this.#process = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    const { port, at } = await this.#line();
    this.#port = port;
    return at;
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the bench's gateway ended; what it said is above");
    return JSON.parse(value);
  }

  async stop() {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}
