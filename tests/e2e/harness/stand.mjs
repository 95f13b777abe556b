// A program that plays WhatsApp for the real bridge of a relay, and for the phone
// of its owner: relay/bridge/test/support/stand.mjs.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../../relay/bridge/test/support/stand.mjs", import.meta.url));

export class Stand {
  #child;
  #lines;
  #folder;
  #facts;

  static async start() {
    const stand = new Stand();
    stand.#folder = await mkdtemp(join(tmpdir(), "clawline-stand-"));
    stand.#child = spawn(process.execPath, [PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
    stand.#lines = createInterface({ input: stand.#child.stdout })[Symbol.asyncIterator]();
    stand.#facts = await stand.#line();
    return stand;
  }

  /** The folder of the account's credentials. */
  get login() {
    return join(this.#folder, "auth");
  }

  /** Where its WhatsApp listens. */
  get url() {
    return this.#facts.url;
  }

  /** The environment of a relay whose WhatsApp this is. */
  get env() {
    return {
      CLAWLINE_CHANNEL_WHATSAPP_BAILEYS_ENABLED: "true",
      CLAWLINE_CHANNEL_WHATSAPP_BAILEYS_AUTH_DIR: this.login,
      CLAWLINE_TEST_BRIDGE: this.#facts.main,
      CLAWLINE_TEST_WHATSAPP: this.#facts.url,
      CLAWLINE_TEST_LOCKS: join(this.#folder, "locks"),
    };
  }

  /** Gives an order, and waits until it is done. */
  async order(order, fields = {}) {
    this.#child.stdin.write(`${JSON.stringify({ order, ...fields })}\n`);
    return this.#line();
  }

  /** It ends with its standard input. */
  async stop() {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin.end();
    await gone;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) {
      throw new Error("the program that plays WhatsApp has ended: is relay/bridge built (cargo xtask build)?");
    }
    return JSON.parse(value);
  }
}
