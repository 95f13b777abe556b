// One visit to a page: it is opened in a browser with nothing kept, and seen from outside.
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../e2e/harness/until.mjs";

const EYES = await readFile(new URL("eyes.js", import.meta.url), "utf8");
const WINDOW = { width: 1280, height: 800, deviceScaleFactor: 1, mobile: false };
/** With nothing new for so long a page is idle. */
const IDLE_MS = 3_000;
/** So long one reads back at a time; that often in vain, and there is no more. */
const STEP_MS = 5_000;
const PATIENCE = 8;
/** So many frames are scrolled at a time. */
const STRIDE = 10;

export class Visit {
  #page;
  #url;

  /** @param {RegExp} words of the conversation that are there when it is */
  static async begin(chromium, url, words) {
    const visit = new Visit();
    visit.#page = await chromium.page();
    visit.#url = url;
    await visit.#page.send("Page.enable");
    await visit.#page.send("Emulation.setDeviceMetricsOverride", WINDOW);
    const source = `${EYES}\neyes.expect(${words});`;
    await visit.#page.send("Page.addScriptToEvaluateOnNewDocument", { source });
    return visit;
  }

  /** Opens the page and waits until the conversation stands there. */
  async open() {
    await this.#page.open(this.#url);
    const is = () => this.#page.evaluate("eyes.composerMs !== null && eyes.conversationMs !== null && eyes.paintMs() !== null");
    await until("the composer and the conversation are there", is, { within: 60_000, every: 200 });
  }

  /** What the browser asks the servers for until nothing more comes. */
  async count() {
    const seen = { requests: 0, bytes: 0, gateway: 0 };
    let last = performance.now();
    const hear = (method, note) =>
      this.#page.on(method, (event) => {
        last = performance.now();
        note(event);
      });
    hear("Network.requestWillBeSent", ({ request }) => (seen.requests += request.url.startsWith("http") ? 1 : 0));
    hear("Network.loadingFinished", ({ encodedDataLength }) => (seen.bytes += encodedDataLength));
    hear("Network.webSocketFrameSent", ({ response }) => (seen.gateway += JSON.parse(response.payloadData).type === "req" ? 1 : 0));
    await this.#page.send("Network.enable");
    await this.open();
    await until("the page is idle", () => performance.now() - last > IDLE_MS, { within: 60_000 });
    return seen;
  }

  /** When the page was there, in milliseconds from its address on. */
  times() {
    return this.#page.evaluate("({ paint: eyes.paintMs(), composer: eyes.composerMs, conversation: eyes.conversationMs })");
  }

  /** Bytes of the heap, wasm memory among them, once the page is still. */
  async held() {
    await sleep(IDLE_MS);
    return this.#page.held();
  }

  /** Says something, and waits until the answer stands there. */
  async ask(site, words) {
    await this.#page.evaluate("eyes.composer().focus()");
    await this.#page.send("Input.insertText", { text: words });
    const key = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 };
    await this.#page.send("Input.dispatchKeyEvent", { type: "keyDown", text: "\r", ...key });
    await this.#page.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
    await site.answered(words);
    // The last words take their way through the gateway.
    await sleep(IDLE_MS);
  }

  /** CPU milliseconds of the main thread while something is done. */
  async cpu(act) {
    return (await this.#page.cpu(act)).task * 1e3;
  }

  longestTask(act) {
    return this.#page.longestTask(act);
  }

  /** Reads back to the row with a number, or until nothing more comes. */
  async readBack(number) {
    let first = Number.POSITIVE_INFINITY;
    for (let vain = 0; vain < PATIENCE && first > number; vain += 1) {
      const now = await this.#page.evaluate(`eyes.readBack(${number}, ${STEP_MS})`);
      if (now < first) [first, vain] = [now, 0];
    }
  }

  async toEnd() {
    for (let count = 0; count < 3; count += 1) {
      await this.#page.evaluate("eyes.toEnd()");
      await sleep(300);
    }
  }

  /** The number of the first row that stands in the page. */
  firstRow() {
    return this.#page.evaluate("eyes.firstRow()");
  }

  /** Backwards, a view a frame; some at a time, for a page that takes long. */
  async scroll(frames) {
    for (let done = 0; done < frames; done += STRIDE) await this.#page.evaluate(`eyes.scroll(${STRIDE})`);
  }

  close() {
    return this.#page.close();
  }
}
