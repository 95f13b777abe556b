// A scenario: one thing a person does, on a server of its own in a browser of
// its own kind, with everything taken down afterwards.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { BROWSERS, browser, closeBrowsers } from "./browsers.mjs";
import { Complaints } from "./complaints.mjs";
import { SERVERS, Server } from "./server.mjs";
import { Stranger } from "./stranger.mjs";
import { surroundings } from "./surroundings.mjs";
import { WebChat } from "./webchat.mjs";
import { World } from "./world.mjs";

/** For one scenario, should it hang; the real gateway may have to start in it. */
const PATIENCE_MS = 240_000;

const DESKTOP = { width: 1280, height: 800 };

let world;

after(async () => {
  await closeBrowsers();
  await world?.close();
});

/**
 * How many scenarios of a kind run at once. Those with the embedded gateway
 * share nothing and mostly wait; those with the real one share it.
 */
const AT_ONCE = { embedded: 2, openclaw: 1 };

/** What waits to be registered, by kind of server. */
let lanes = new Map();
let gathering = false;

/**
 * Asks for one test for each named server and browser. The tests of one kind
 * of server run beside those of the other kind.
 *
 * @param {string} name a sentence that says what a person sees
 * @param {object} options
 * @param {string[]} [options.servers] of "embedded", "openclaw"; both by default
 * @param {string[]} [options.firefox] those on which it runs in Firefox too; none by default
 * @param {object} [options.server] for `Server.start`
 * @param {string[]} [options.strangers] what else the page may connect to: kinds of `Stranger`
 * @param {object} [options.context] for Playwright's `newContext`
 * @param {(stage: object) => Promise<void>} act gets `{ chat, page, context, server, strangers,
 *   world, complaints, newTab, frames }`
 */
export function scenario(name, options, act) {
  if (lanes.size === 0 && !gathering) {
    queueMicrotask(register);
  }
  const { servers = SERVERS, firefox = [] } = options;
  for (const kind of servers) {
    const lane = lanes.get(kind) ?? [];
    lanes.set(kind, lane);
    for (const browserName of firefox.includes(kind) ? BROWSERS : BROWSERS.slice(0, 1)) {
      const title = `${name} · ${kind} · ${browserName}`;
      lane.push(() => test(title, { timeout: PATIENCE_MS }, (t) => play(t, kind, browserName, options, act)));
    }
  }
}

/** Takes the scenarios of several files together, so that all share the lanes. */
export async function gather(load) {
  gathering = true;
  await load();
  gathering = false;
  register();
}

function register() {
  const all = lanes;
  lanes = new Map();
  describe("scenarios", { concurrency: all.size }, () => {
    for (const [kind, lane] of all) {
      describe(kind, { concurrency: AT_ONCE[kind] }, () => {
        for (const add of lane) {
          add();
        }
      });
    }
  });
}

async function play(t, kind, browserName, options, act) {
  world ??= new World();
  const strangers = await startStrangers(options.strangers);
  const server = await Server.start(world, kind, {
    ...options.server,
    neighbours: Object.values(strangers).map(({ url }) => url),
  });
  let failed = true;
  const context = await (await browser(browserName)).newContext({
    viewport: DESKTOP,
    ...options.context,
  });
  const complaints = await Complaints.of(context);
  const frames = [];
  try {
    context.on("page", (page) => collect(page, frames));
    const newTab = async () => new WebChat(await context.newPage(), server);
    const chat = await newTab();
    const { page } = chat;
    await act({ chat, page, context, server, strangers, world, complaints, newTab, frames });
    complaints.check();
    failed = false;
  } catch (error) {
    await keep(t.name, context, complaints, frames);
    throw error;
  } finally {
    await context.close();
    await (failed ? server.abandon() : server.stop());
    await Promise.all(Object.values(strangers).map((stranger) => stranger.stop()));
  }
}

async function startStrangers(kinds = []) {
  const started = kinds.map(async (kind) => [kind, await Stranger.start(kind)]);
  return Object.fromEntries(await Promise.all(started));
}

/** Every frame of every WebSocket, where the browser tells (Chromium does). */
function collect(page, frames) {
  page.on("websocket", (socket) => {
    const add = (direction) => (event) => frames.push({ direction, at: Date.now(), text: String(event.payload) });
    socket.on("framesent", add("sent"));
    socket.on("framereceived", add("received"));
  });
}

/** Saves what there was to see when a scenario failed. */
async function keep(name, context, complaints, frames) {
  const stem = join(surroundings.results, name.replaceAll(/[^\p{L}\p{N}]+/gu, "-"));
  await mkdir(surroundings.results, { recursive: true });
  await writeFile(`${stem}.console.txt`, complaints.console);
  await writeFile(`${stem}.frames.jsonl`, frames.map((frame) => `${JSON.stringify(frame)}\n`).join(""));
  for (const [index, page] of context.pages().entries()) {
    // A page that is gone or stuck must not hide why the scenario failed.
    await page.screenshot({ path: `${stem}.${index}.png`, timeout: 5_000 }).catch(() => {});
    const html = await page.content().catch(() => "");
    await writeFile(`${stem}.${index}.html`, html);
  }
}
