// Chromium over its DevTools protocol, without a driver in between: Playwright
// has every page report each WebSocket frame, and that costs the very thread
// that is measured here.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-port=0",
  "about:blank",
];
// No command takes longer, unless the page hangs.
const PATIENCE_MS = 120_000;
const ADDRESS = /^DevTools listening on (ws:\S+)$/;

export class Chromium {
  #process;
  #profile;
  #socket;
  #last = 0;
  #waiting = new Map();
  #heard = new Map();
  // Whatever ends us must leave neither a browser nor its profile behind.
  #kill = () => {
    this.#process.kill("SIGKILL");
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };

  static async launch(path) {
    const chromium = new Chromium();
    chromium.#profile = await mkdtemp(join(tmpdir(), "clawline-bench-"));
    chromium.#process = spawn(path, [...ARGUMENTS, `--user-data-dir=${chromium.#profile}`], { stdio: ["ignore", "ignore", "pipe"] });
    process.on("exit", chromium.#kill);
    await once(chromium.#process, "spawn").catch((error) => {
      throw new Error(`Chromium did not start: ${error.message}`);
    });
    const address = await listening(chromium.#process);
    const socket = new WebSocket(address, { maxPayload: 1 << 28 });
    chromium.#socket = socket;
    socket.on("message", (data) => chromium.#hear(JSON.parse(data)));
    await once(socket, "open");
    return chromium;
  }

  /**
   * A page with a process of its own.
   * @param {boolean} [keeps] whether its storage is the profile's, on the disk and shared; its own, and in memory, by default
   */
  async page(keeps = false) {
    const { browserContextId } = keeps ? {} : await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const close = keeps ? ["Target.closeTarget", { targetId }] : ["Target.disposeBrowserContext", { browserContextId }];
    return new Page(this, sessionId, close);
  }

  send(method, params, sessionId) {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      const hangs = setTimeout(() => reject(new Error(`${method}: no answer within ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
      this.#waiting.set(id, { method, resolve, reject, hangs });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  /** The next event with this name in a session. */
  next(method, sessionId) {
    return new Promise((resolve) => this.on(method, resolve, sessionId));
  }

  /** Hears all events with this name in a session, or of the browser. One listener for each. */
  on(method, listener, sessionId) {
    this.#heard.set(`${sessionId} ${method}`, listener);
  }

  #hear({ id, method, params, result, error, sessionId }) {
    if (id === undefined) {
      this.#heard.get(`${sessionId} ${method}`)?.(params);
      return;
    }
    const { method: asked, resolve, reject, hangs } = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(hangs);
    if (error === undefined) resolve(result);
    else reject(new Error(`${asked}: ${error.message}`));
  }

  async close() {
    const ended = once(this.#process, "exit");
    this.send("Browser.close").catch(() => {});
    process.off("exit", this.#kill);
    const patience = setTimeout(() => this.#process.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(patience);
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

class Page {
  #chromium;
  #session;
  #close;

  constructor(chromium, session, close) {
    this.#chromium = chromium;
    this.#session = session;
    this.#close = close;
  }

  send(method, params) {
    return this.#chromium.send(method, params, this.#session);
  }

  on(method, listener) {
    this.#chromium.on(method, listener, this.#session);
  }

  async open(url) {
    await this.send("Page.enable");
    const loaded = this.#chromium.next("Page.loadEventFired", this.#session);
    await this.send("Page.navigate", { url });
    await loaded;
    await this.send("Page.disable");
    await this.send("Performance.enable", { timeDomain: "threadTicks" });
  }

  /** The value of a promise in the page. */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  /** CPU seconds that the page's main thread spends on an expression, or while something is done: in all, and in script. */
  async cpu(act) {
    await this.send("HeapProfiler.collectGarbage");
    const before = await this.#metrics();
    await (typeof act === "function" ? act() : this.evaluate(act));
    const after = await this.#metrics();
    return { task: after.TaskDuration - before.TaskDuration, script: after.ScriptDuration - before.ScriptDuration };
  }

  /** The most CPU that a page's main thread spends in one task while something is done, in ms. */
  async longestTask(act) {
    const events = [];
    this.#chromium.on("Tracing.dataCollected", ({ value }) => events.push(...value));
    const complete = this.#chromium.next("Tracing.tracingComplete");
    await this.#chromium.send("Tracing.start", { traceConfig: { includedCategories: ["toplevel", "disabled-by-default-devtools.timeline"] } });
    await act();
    await this.#chromium.send("Tracing.end");
    await complete;
    const thread = ({ pid, tid }) => `${pid} ${tid}`;
    const isMain = ({ name, args }) => name === "thread_name" && args.name === "CrRendererMain";
    const main = new Set(events.filter(isMain).map(thread));
    const tasks = events.filter((event) => event.name.endsWith("RunTask") && event.tdur !== undefined && main.has(thread(event)));
    return Math.max(0, ...tasks.map(({ tdur }) => tdur)) / 1e3;
  }

  /** Bytes that the page's heap still holds, buffers such as wasm memory included. */
  async held() {
    // Twice: what the first one finalises is garbage only then.
    for (let count = 0; count < 2; count += 1) await this.send("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize } = await this.send("Runtime.getHeapUsage");
    return usedSize + backingStorageSize + (await this.#wasmMemory());
  }

  // The browser does not count it.
  async #wasmMemory() {
    const { result } = await this.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
    const { objects } = await this.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
    const functionDeclaration = "function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }";
    const { result: bytes } = await this.send("Runtime.callFunctionOn", { objectId: objects.objectId, functionDeclaration, returnByValue: true });
    return bytes.value;
  }

  async #metrics() {
    const { metrics } = await this.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  close() {
    return this.#chromium.send(...this.#close);
  }
}

async function listening(browser) {
  let said = "";
  for await (const line of createInterface({ input: browser.stderr })) {
    const address = ADDRESS.exec(line);
    if (address !== null) {
      browser.stderr.resume();
      return address[1];
    }
    said += `${line}\n`;
  }
  throw new Error(`Chromium did not start: ${said}`);
}
