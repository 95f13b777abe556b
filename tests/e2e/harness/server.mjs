// A server under test: our relay, which always hosts the page, alone (its
// embedded gateway answers) or in front of the real OpenClaw gateway. Both are
// reached through a fault proxy, so that every scenario can cut the line.
import { exec, execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { surroundings } from "./surroundings.mjs";
import { until } from "./until.mjs";
import { Wire } from "./wire.mjs";

const run = promisify(execFile);
const inShell = promisify(exec);

/** Settings of a relay that asks the world's stub model. */
async function modelOf(world) {
  const { baseUrl } = await world.call("stub.info");
  return { CLAWLINE_AGENT_OPENAI_BASE_URL: baseUrl, CLAWLINE_AGENT_OPENAI_MODEL: "stub-1" };
}

/** The kinds of server that a scenario can run on. */
export const SERVERS = ["embedded", "openclaw"];

const EMBEDDED_TOKEN = "embedded-token";

let number = 0;

/**
 * Real gateways that no scenario has now, by their options: one takes ten
 * seconds to start, so it is had by one scenario after the other. Everything
 * else is new for each scenario.
 */
const idle = new Map();

export class Server {
  /** "embedded" or "openclaw". */
  kind;
  /** Where the page is. */
  page;
  /** The address of the gateway for the page, through the proxy. */
  gateway;
  /** The same without the proxy, for what looks on from outside. */
  direct;
  /** The shared token of the gateway, if it wants one. */
  token;
  #world;
  #name;
  /** The name of the process that is the gateway. */
  #process;
  /** The real gateway, and with which options it was started. */
  #real;
  #options;
  #down = false;
  #data;

  /**
   * @param {object} options
   * @param {object} [options.gateway] more for `gateway.start` (kind "openclaw")
   * @param {string} [options.page] another folder than that of the page
   * @param {string[]} [options.relay] more arguments for `clawline-relay serve`
   * @param {boolean} [options.model] the world's stub model answers at the embedded gateway
   * @param {boolean} [options.open] the embedded gateway wants no token
   * @param {object} [options.env] more of the relay's environment
   * @param {string[]} [options.neighbours] what else the page may connect to
   * @param {string} [options.log] a file for what goes over the line
   */
  static async start(world, kind, { gateway = {}, page = surroundings.page, relay = [], model = false, open = false, env = {}, neighbours = [], log } = {}) {
    const server = new Server();
    const name = `${kind}-${++number}`;
    Object.assign(server, { kind });
    server.#world = world;
    server.#name = name;
    const answers = model ? await modelOf(world) : {};
    const host = (...gateways) =>
      world.call("relay.start", {
        name,
        path: surroundings.relay,
        args: [
          ...["--page", page, ...relay],
          ...[...gateways, ...neighbours].flatMap((url) => ["--gateway", url]),
        ],
        env: { ...answers, ...env, ...(open ? {} : { OPENCLAW_GATEWAY_TOKEN: EMBEDDED_TOKEN }) },
      });
    const proxy = (upstream) => world.call("proxy.start", { name, upstream, log });
    if (kind === "embedded") {
      server.#process = name;
      const ours = await host();
      const line = await proxy(ours.http);
      server.page = `${line.http}/`;
      server.#data = ours.dataDir;
      server.gateway = `${line.url.replace(/\/$/, "")}/gateway`;
      server.direct = `${ours.url.replace(/\/$/, "")}/gateway`;
      server.token = open ? undefined : EMBEDDED_TOKEN;
    } else {
      server.#options = JSON.stringify(gateway);
      const real = await realGateway(world, server.#options);
      server.#real = real;
      server.#process = real.name;
      const line = await proxy(real.http);
      server.gateway = line.url;
      server.direct = real.url;
      server.token = real.token;
      const ours = await host(line.url);
      server.page = `${ours.http}/`;
      server.#data = ours.dataDir;
    }
    return server;
  }

  /** SIGKILL for the gateway; what it had not written is gone. */
  async kill() {
    this.#down = true;
    await this.#tell("kill");
  }

  /** Starts it again on the same port and state; resolves when it is ready. */
  async restart() {
    await this.#tell("restart");
    this.#down = false;
  }

  /** Faults of the line: `{ mode, delayMs, bytesPerSecond, cutAfterDown, … }`. */
  line(faults) {
    return this.#world.call("proxy.set", { name: this.#name, ...faults });
  }

  /** Cuts every socket that is open now, or the one of that number. */
  cut(socket) {
    return this.#world.call("proxy.cut", { name: this.#name, socket });
  }

  /** Makes one socket half-open: it stays, and nothing comes through any more. */
  swallow(socket) {
    return this.#world.call("proxy.swallow", { name: this.#name, socket });
  }

  /** The WebSockets that are open now and not half-open. */
  async sockets() {
    const { sockets } = await this.#world.call("proxy.sockets", { name: this.#name });
    return sockets.filter(({ webSocket, swallowed }) => webSocket && !swallowed);
  }

  /** Whether its process was killed and not started again. */
  get isDown() {
    return this.#down;
  }

  /** What went over the line: accepted and open sockets, bytes each way. */
  counters() {
    return this.#world.call("proxy.counters", { name: this.#name });
  }

  /** Approves a device, as the command on the pairing screen does. */
  async approve(requestId) {
    if (this.kind === "openclaw") {
      await this.#world.call("gateway.approve", { name: this.#process, requestId });
    } else {
      await this.relayCommand("devices", "approve", requestId);
    }
  }

  /** Does what the pairing screen says, as the owner of the gateway would: in a shell. */
  async obey(command) {
    const [, requestId] = /^openclaw devices approve (\S+)$/.exec(command) ?? [];
    await (this.kind === "openclaw" ? this.approve(requestId) : inShell(command));
  }

  /** Runs `clawline-relay` beside the serving one, on the same data folder. */
  async relayCommand(...words) {
    const { stdout } = await run(surroundings.relay, [...words, "--data-dir", this.#data]);
    return stdout;
  }

  async stop() {
    await this.#stopOurs();
    if (this.kind === "openclaw") {
      if (this.#down) {
        await this.restart();
      }
      idle.set(this.#options, [...(idle.get(this.#options) ?? []), this.#real]);
    }
  }

  /** After a failure: what it left behind must not fail the next scenario. */
  async abandon() {
    await this.#stopOurs();
    if (this.kind === "openclaw") {
      await this.#world.call("gateway.stop", { name: this.#process });
    }
  }

  async #stopOurs() {
    await this.#world.call("proxy.stop", { name: this.#name });
    await this.#world.call("relay.stop", { name: this.#name });
  }

  #tell(what) {
    const kind = this.kind === "openclaw" ? "gateway" : "relay";
    return this.#world.call(`${kind}.${what}`, { name: this.#process });
  }
}

/** A running real gateway with these options, for one scenario. */
async function realGateway(world, options) {
  const free = idle.get(options)?.pop();
  if (free) {
    return free;
  }
  const name = `openclaw-${++number}`;
  const wanted = JSON.parse(options);
  const facts = await world.call("gateway.start", { name, ...wanted });
  if (wanted.silentPairing ?? true) {
    await warm(facts);
  }
  return { ...facts, name };
}

/**
 * Has it answer once. A real gateway that calls itself ready fails its first
 * turns while it is still at work on its own databases ("another OpenClaw process
 * owns state-lifecycle"), for seconds on a busy machine.
 */
async function warm({ url: direct, token }) {
  const wire = await Wire.open({ direct, token });
  const { key: sessionKey } = await wire.request("sessions.create", {});
  const isAnswered = async () => {
    const { messages } = await wire.request("chat.history", { sessionKey });
    return messages.some(({ role }) => role === "assistant");
  };
  await until(
    "the real gateway answers",
    async () => {
      await wire.request("chat.send", { sessionKey, message: "are you there?", idempotencyKey: randomUUID() });
      return until("it has answered", isAnswered, { within: 20_000, every: 200 }).catch(() => false);
    },
    { within: 150_000 },
  );
  wire.close();
}
