// The real gateway with its own page, and our relay in front of the same one.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { surroundings } from "../../e2e/harness/surroundings.mjs";
import { until } from "../../e2e/harness/until.mjs";
import { Wire } from "../../e2e/harness/wire.mjs";
import { World } from "../../e2e/harness/world.mjs";

const run = promisify(execFile);
const TRANSCRIPT = fileURLToPath(new URL("transcript.mjs", import.meta.url));

export class Site {
  /** Where each page is, with what signs it in. */
  pages;
  #world = new World();
  #database;
  #rows = 0;

  static async start() {
    const site = new Site();
    const gateway = await site.#world.call("gateway.start", { controlUi: true });
    const relay = await site.#world.call("relay.start", {
      path: surroundings.relay,
      args: ["--page", surroundings.page, "--gateway", gateway.url],
      env: { OPENCLAW_GATEWAY_TOKEN: "of-the-embedded-gateway" },
    });
    const ours = new URLSearchParams({ gateway: gateway.url, token: gateway.token });
    site.pages = {
      official: `${gateway.http}/#token=${gateway.token}`,
      clawline: `${relay.http}/#${ours}`,
    };
    site.#database = join(gateway.folder, "state/agents/main/agent/openclaw-agent.sqlite");
    const wire = await Wire.open({ direct: gateway.url, token: gateway.token });
    await wire.request("chat.send", { sessionKey: "agent:main:main", message: "the first words", idempotencyKey: "first" });
    await site.answered("the first words");
    wire.close();
    return site;
  }

  /** Lets the conversation have so many rows. */
  async fill(rows) {
    // The run may still be written down.
    await this.#world.call("gateway.terminate");
    const { stdout } = await run(surroundings.testkit, ["install"]);
    // Beside the gateway stands the Node that it runs on.
    const node = join(stdout.trim(), "../../node/bin/node");
    await run(node, [TRANSCRIPT, this.#database, `${this.#rows + 1}`, `${rows}`]);
    this.#rows = rows;
    await this.#world.call("gateway.restart");
  }

  /** Waits until the model has said all that these words ask for. */
  async answered(words) {
    const ask = async () => (await this.#world.modelCalls(words)).some(({ state }) => state === "answered");
    await until(`the model has answered “${words}”`, ask, { within: 300_000 });
  }

  stop() {
    return this.#world.close();
  }
}
