// A server under test: our relay, which always hosts the page, alone (its
// embedded gateway answers) or in front of the real OpenClaw gateway. Both are
// reached through a fault proxy, so that every scenario can cut the line.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { surroundings } from "./surroundings.mjs";

const run = promisify(execFile);

/** The kinds of server that a scenario can run on. */
export const SERVERS = ["embedded", "openclaw"];

let number = 0;

export class Server {
  /** "embedded" or "openclaw". */
  kind;
  /** Where the page is. */
  page;
  /** The address of the gateway for the page, through the proxy. */
  gateway;
  /** The shared token of the gateway, if it wants one. */
  token;
  #world;
  #name;
  #data;

  /**
   * @param {object} options
   * @param {object} [options.gateway] more for `gateway.start` (kind "openclaw")
   * @param {string[]} [options.relay] more arguments for `clawline-relay serve`
   * @param {string} [options.forwardedFor] makes every socket look remote
   */
  static async start(world, kind, { gateway = {}, relay = [], forwardedFor } = {}) {
    const server = new Server();
    const name = `${kind}-${++number}`;
    Object.assign(server, { kind });
    server.#world = world;
    server.#name = name;
    const host = ["--page", surroundings.page, ...relay];
    const proxy = (upstream) =>
      world.call("proxy.start", { name, upstream, ...(forwardedFor && { forwardedFor }) });
    if (kind === "embedded") {
      const ours = await world.call("relay.start", { name, path: surroundings.relay, args: host });
      const line = await proxy(ours.http);
      server.page = `${line.http}/`;
      server.#data = ours.dataDir;
      server.gateway = `${line.url.replace(/\/$/, "")}/gateway`;
    } else {
      const real = await world.call("gateway.start", { name, ...gateway });
      const line = await proxy(real.http);
      server.gateway = line.url;
      server.token = real.token;
      const ours = await world.call("relay.start", {
        name,
        path: surroundings.relay,
        args: [...host, "--gateway", line.url],
      });
      server.page = `${ours.http}/`;
      server.#data = ours.dataDir;
    }
    return server;
  }

  /** SIGKILL for the gateway; what it had not written is gone. */
  kill() {
    return this.#world.call(`${this.#process}.kill`, { name: this.#name });
  }

  /** Starts it again on the same port and state; resolves when it is ready. */
  restart() {
    return this.#world.call(`${this.#process}.restart`, { name: this.#name });
  }

  /** Faults of the line: `{ mode, delayMs, bytesPerSecond, cutAfterDown, … }`. */
  line(faults) {
    return this.#world.call("proxy.set", { name: this.#name, ...faults });
  }

  /** Cuts every socket that is open now. */
  cut() {
    return this.#world.call("proxy.cut", { name: this.#name });
  }

  /** What went over the line: accepted and open sockets, bytes each way. */
  counters() {
    return this.#world.call("proxy.counters", { name: this.#name });
  }

  /** Approves a device, as the command on the pairing screen does. */
  async approve(requestId) {
    if (this.kind === "openclaw") {
      await this.#world.call("gateway.approve", { name: this.#name, requestId });
    } else {
      await this.relayCommand("devices", "approve", requestId);
    }
  }

  /** Runs `clawline-relay` beside the serving one, on the same data folder. */
  async relayCommand(...words) {
    const { stdout } = await run(surroundings.relay, [...words, "--data-dir", this.#data]);
    return stdout;
  }

  async stop() {
    await this.#world.call("proxy.stop", { name: this.#name });
    await this.#world.call("relay.stop", { name: this.#name });
    if (this.kind === "openclaw") {
      await this.#world.call("gateway.stop", { name: this.#name });
    }
  }

  get #process() {
    return this.kind === "openclaw" ? "gateway" : "relay";
  }
}
