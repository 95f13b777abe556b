// A scenario: one thing a person does, on a server of its own in a browser of
// its own kind, with everything taken down afterwards.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BROWSERS, browser, browserWithProfile, closeBrowsers } from "./browsers.mjs";
import { Complaints } from "./complaints.mjs";
import { lastWords } from "./last-words.mjs";
import { SERVERS, Server } from "./server.mjs";
import { Stranger } from "./stranger.mjs";
import { surroundings } from "./surroundings.mjs";
import { WebChat } from "./webchat.mjs";
import { World } from "./world.mjs";

/** For what one scenario does, should it hang. */
const PATIENCE_MS = 240_000;
/**
 * For its servers to start, before that: a real gateway on a busy machine with
 * a cold disk takes a minute and more, and says itself when it gives up.
 */
const STARTING_MS = 180_000;
/** For saying why one failed, and for taking it down. */
const TAKING_DOWN_MS = 30_000;

const DESKTOP = { width: 1280, height: 800 };

let world;

after(async () => {
  await closeBrowsers();
  await world?.close();
});

/**
 * How many scenarios of a kind run at once. They share nothing at that time
 * and mostly wait; each of the real gateways is had by one after the other.
 */
const AT_ONCE = { embedded: 2, openclaw: 1, nothing: 1 };

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
 * @param {object | ((kind: string) => Promise<object>)} [options.server] for `Server.start`
 * @param {string[]} [options.strangers] what else the page may connect to: kinds of `Stranger`
 * @param {object} [options.context] for Playwright's `newContext`
 * @param {string} [options.language] in which the page speaks to that browser; English by default
 * @param {string[]} [options.browser] more arguments for Chromium
 * @param {boolean} [options.profile] a browser of its own with a profile on disk, which
 *   `stage.reopen()` closes and opens again
 * @param {boolean} [options.log] what goes over the line is written to the file `stage.log`
 * @param {number} [options.patienceMs] for one run of it
 * @param {(stage: object) => Promise<void>} act gets `{ chat, page, context, server, strangers,
 *   world, complaints, newTab, frames, log, reopen, say }`
 */
export function scenario(name, options, act) {
  const { servers = SERVERS, firefox = [], patienceMs = PATIENCE_MS } = options;
  for (const kind of servers) {
    for (const browserName of firefox.includes(kind) ? BROWSERS : BROWSERS.slice(0, 1)) {
      const title = `${name} · ${kind} · ${browserName}`;
      const patient = (stage) => within(patienceMs, act(stage));
      put(kind, () => test(title, { timeout: STARTING_MS + patienceMs + TAKING_DOWN_MS }, (t) => play(t, kind, browserName, options, patient)));
    }
  }
}

/** A test that needs neither server nor browser; it waits its turn with the scenarios. */
export function check(name, act) {
  put("nothing", () => test(name, act));
}

function put(kind, add) {
  if (lanes.size === 0 && !gathering) {
    queueMicrotask(register);
  }
  lanes.set(kind, [...(lanes.get(kind) ?? []), add]);
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

/** A scenario that hangs fails as others do, with what its pages knew. */
async function within(patienceMs, acting) {
  const given = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: given.signal }).then(() => {
    throw new Error(`it did not end within ${patienceMs} ms`);
  });
  try {
    await Promise.race([acting, late]);
  } finally {
    given.abort();
  }
}

async function play(t, kind, browserName, options, act) {
  world ??= new World();
  const strangers = await startStrangers(options.strangers);
  const log = options.log && `${stemOf(t.name)}.line.jsonl`;
  const settings = typeof options.server === "function" ? await options.server(kind) : options.server;
  const server = await Server.start(world, kind, {
    ...settings,
    neighbours: Object.values(strangers).map(({ url }) => url),
    log,
  });
  let failed = true;
  const frames = [];
  const folder = options.profile && (await mkdtemp(join(tmpdir(), "clawline-profile-")));
  const stage = { server, strangers, world, frames, log, say: (text) => t.diagnostic(text) };
  const open = async () => {
    const ways = { viewport: DESKTOP, ...options.context };
    stage.context = folder
      ? await browserWithProfile(folder, ways)
      : await (await browser(browserName, options.browser)).newContext(ways);
    stage.context.on("page", (page) => collect(page, frames));
    stage.complaints = await Complaints.of(stage.context);
  };
  stage.newTab = async () => new WebChat(await stage.context.newPage(), server, options.language);
  stage.reopen = async () => {
    stage.complaints.check();
    await stage.context.close();
    await open();
    return stage;
  };
  try {
    await open();
    stage.chat = await stage.newTab();
    stage.page = stage.chat.page;
    await act(stage);
    stage.complaints.check();
    failed = false;
  } catch (error) {
    const words = await lastWords(stage.context, stage.complaints, frames);
    error.stack = [error.stack, ...words].join("\n    ");
    await keep(stemOf(t.name), stage.context, stage.complaints, frames);
    throw error;
  } finally {
    await stage.context?.close();
    await (failed ? server.abandon() : server.stop());
    if (log && !failed) {
      await rm(log);
    }
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
    await Promise.all(Object.values(strangers).map((stranger) => stranger.stop()));
  }
}

async function startStrangers(kinds = []) {
  const started = kinds.map(async (kind) => [kind, await Stranger.start(kind)]);
  return Object.fromEntries(await Promise.all(started));
}

/** How many there were so far; each gets a number. */
let sockets = 0;

/** Every frame of every WebSocket, where the browser tells (Chromium does). */
function collect(page, frames) {
  page.on("websocket", (socket) => {
    const number = (sockets += 1);
    const add = (direction) => (event) =>
      frames.push({ socket: number, direction, at: Date.now(), text: String(event.payload) });
    socket.on("framesent", add("sent"));
    socket.on("framereceived", add("received"));
  });
}

/** The beginning of the names of all files of a test. */
function stemOf(name) {
  return join(surroundings.results, name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 200));
}

/** Saves what there was to see when a scenario failed. */
async function keep(stem, context, complaints, frames) {
  if (!context) {
    return;
  }
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
