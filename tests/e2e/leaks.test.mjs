// What a client holds after many reconnects is what it held after a few.
import assert from "node:assert/strict";
import { Tab, packageSite, scenario, surroundings, until } from "./harness/index.mjs";

const TIMES = surroundings.full ? 1_000 : 50;

/** Until caches, tables and compiled code have their size. */
const WARMING_UP = 30;

/** Every so many reconnects a message goes through the outbox too. */
const MESSAGE_EVERY = 25;

/** Of the browser's own counting, whatever the number of reconnects. */
const HEAP_NOISE = 300 * 1024;

/** What a reconnect may leave behind: rounding of the measurement, not an object. */
const HEAP_PER_RECONNECT = 256;

/** Cuts the line so many times, and each time waits until the client is back. */
async function reconnect(tab, server, times) {
  for (let count = 0; count < times; count += 1) {
    const before = await tab.page.evaluate(() => client.metrics().connections);
    await server.cut();
    const back = (before) => client.metrics().connections > before && client.status.status === "ready";
    await tab.page.waitForFunction(back, before, { polling: 10 });
    if (count % MESSAGE_EVERY === 0) {
      await tab.send(`reconnect ${count}`, "agent:main:main");
    }
  }
  const empty = async () => (await tab.entries()).length === 0;
  await until("the outbox is empty", empty, { within: 120_000 }).catch(async (error) => {
    throw new Error(`${error.message}: ${JSON.stringify(await tab.entries())}`);
  });
}

/** What it holds when nothing is under way: a message's end may still go to the store, and has listeners of its own. */
async function atRest(cdp, page) {
  let last;
  return until("it holds the same twice in a row", async () => {
    const now = await measure(cdp, page);
    const isSame = now.listeners === last?.listeners && now.nodes === last?.nodes;
    last = now;
    return isSame && now;
  });
}

async function measure(cdp, page) {
  // Twice: what the first one finalises is garbage only then.
  for (let count = 0; count < 2; count += 1) {
    await cdp.send("HeapProfiler.collectGarbage");
  }
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (wanted) => metrics.find(({ name }) => name === wanted).value;
  const wasm = await page.evaluate(async () => (await clawline.init()).memory.buffer.byteLength);
  return { listeners: of("JSEventListeners"), nodes: of("Nodes"), heap: of("JSHeapUsedSize"), wasm };
}

scenario(
  `after ${TIMES} reconnects a client holds no more listeners, nodes, wasm memory or heap than before`,
  { servers: ["embedded"], patienceMs: 1_200_000 },
  async ({ page, context, server, say }) => {
    const site = await packageSite();
    try {
      const auth = { token: server.token };
      const tab = new Tab(page, site.url, { url: server.gateway, auth, backoff: { baseMs: 1, maxMs: 10 } });
      await tab.open();
      await tab.ready();
      const cdp = await context.newCDPSession(page);
      await cdp.send("Performance.enable");
      await reconnect(tab, server, WARMING_UP);
      const before = await atRest(cdp, page);
      await reconnect(tab, server, TIMES);
      const after = await atRest(cdp, page);
      say(`${TIMES} reconnects: ${JSON.stringify({ before, after })}, ${Math.round((after.heap - before.heap) / TIMES)} bytes of heap each`);
      assert.equal(after.listeners, before.listeners, "listeners");
      assert.equal(after.nodes, before.nodes, "nodes");
      assert.equal(after.wasm, before.wasm, "wasm memory");
      const most = HEAP_NOISE + TIMES * HEAP_PER_RECONNECT;
      assert.ok(after.heap - before.heap < most, `the heap grew by ${after.heap - before.heap} bytes, more than ${most}`);
    } finally {
      await site.stop();
    }
  },
);
