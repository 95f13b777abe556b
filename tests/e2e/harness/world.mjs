// The servers around a page, driven through `clawline-testkit world`: JSON
// lines to its standard input, answers by id from its standard output.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { surroundings } from "./surroundings.mjs";

/** How much of its standard error is kept for the message of a failure. */
const TAIL = 4_000;

export class World {
  #child;
  #waiting = new Map();
  #last = 0;
  #stderr = "";
  #ended;

  constructor() {
    this.#child = spawn(surroundings.testkit, ["world"], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#stderr = (this.#stderr + text).slice(-TAIL);
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#answer(line));
    // A world that ended takes no more commands; its end is told by `exit`.
    this.#child.stdin.on("error", () => {});
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(`could not start: ${error.message}`));
      this.#child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
    });
    this.#ended.then((how) => this.#fail(how));
  }

  #answer(line) {
    const answer = JSON.parse(line);
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.ok) {
      waiting?.resolve(answer);
    } else {
      waiting?.reject(new Error(`${waiting.what}: ${answer.error}`));
    }
  }

  #fail(how) {
    for (const { what, reject } of this.#waiting.values()) {
      reject(new Error(`${what}: the testkit ${how}\n${this.#stderr}`));
    }
    this.#waiting.clear();
  }

  /** One command, as testkit/README.md lists them: `call("gateway.start", {…})`. */
  call(what, parameters = {}) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        reject(new Error(`${what}: the testkit has ended\n${this.#stderr}`));
        return;
      }
      this.#waiting.set(id, { what, resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, do: what, ...parameters })}\n`);
    });
  }

  /** Model calls whose last user text contains a text. */
  async modelCalls(contains) {
    const { calls } = await this.call("stub.calls", contains === undefined ? {} : { contains });
    return calls;
  }

  /** Ends every server that it started. */
  async close() {
    this.#child.stdin.end();
    await this.#ended;
  }
}
