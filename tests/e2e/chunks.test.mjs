// Chunks of the page's program: what is loaded beside the first load, or when it
// is needed, and what a person sees while it cannot be.
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { scenario, surroundings, until } from "./harness/index.mjs";

const MARKDOWN = "**/assets/split_markdown-*.wasm";
const ED25519 = "**/assets/split_ed25519-*.wasm";
const SCREENS = "**/assets/split_screens-*.wasm";

/** The page tries again at most every 30 s. */
const TRIES = { timeout: 60_000 };

/** How long the page waits for what reads markdown. */
const PATIENCE_MS = 3_000;

const EVERYWHERE = { servers: ["embedded"], firefox: ["embedded"] };

/** A browser says in words of its own what did not come, or was not what it should be. */
const NOT_LOADED = [/split_\w+-\w+\.wasm/, /^Failed to load resource/, /integrity|digest/i, /^TypeError: (Failed to fetch|NetworkError)/, /^(Type)?Error(: http\S+: \d+)?$/];

function expectLosses(complaints) {
  NOT_LOADED.forEach((pattern) => complaints.expect(pattern));
}

const said = (chat, text) => chat.log.getByRole("article").filter({ hasText: text });

scenario("lines wait for what reads markdown, and who writes does not", EVERYWHERE, async ({ chat, page }) => {
  await chat.connect();
  await chat.send("say **something** bold");
  await said(chat, "something").locator("strong").first().waitFor();
  await chat.hasWritten();

  // No line is ever there without it: it would be drawn twice, and move.
  await page.addInitScript((patience) => {
    // On a busy machine this test takes longer than the page waits.
    const later = setTimeout;
    globalThis.setTimeout = (then, ms, ...more) => later(then, ms === patience ? ms * 20 : ms, ...more);
    const bare = '[data-who="assistant"] .plain';
    new MutationObserver(() => {
      globalThis.wasBare ||= document.querySelector(bare) !== null;
    }).observe(document, { childList: true, subtree: true });
  }, PATIENCE_MS);
  const pass = await hold(page, MARKDOWN);
  await page.reload();
  await chat.message.fill("I write already");
  assert.equal(await chat.log.count(), 0, "no line is drawn yet");
  pass();
  await said(chat, "something").locator("strong").first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.wasBare), false);
  assert.equal(await chat.message.inputValue(), "I write already");
});

scenario("lines do not wait for ever for what reads markdown", EVERYWHERE, async ({ chat, page }) => {
  const pass = await hold(page, MARKDOWN);
  await chat.connect();
  await chat.send("say **something** bold");
  await said(chat, "**something**").nth(1).waitFor();
  pass();
  await said(chat, "something").locator("strong").first().waitFor();
});

scenario("without what reads markdown replies are as they were written, until it comes", EVERYWHERE, async ({ chat, page, complaints }) => {
  expectLosses(complaints);
  let isAway = true;
  await page.route(MARKDOWN, (route) => (isAway ? route.abort() : route.continue()));
  await chat.connect();
  const missing = page.getByText(chat.words("chunk-missing"));
  await missing.waitFor();
  await chat.send("say **something** bold");
  await said(chat, "**something**").nth(1).waitFor();
  isAway = false;
  await said(chat, "something").locator("strong").first().waitFor(TRIES);
  await missing.waitFor({ state: "detached" });
});

scenario("a screen that cannot be loaded says so, and comes with the network", EVERYWHERE, async ({ chat, page, complaints }) => {
  expectLosses(complaints);
  let isAway = true;
  await page.route(SCREENS, (route) => (isAway ? route.abort() : route.continue()));
  // Nobody was here before: the form is one of those screens.
  await chat.open({ gateway: null, token: null });
  const missing = page.getByText(chat.words("chunk-missing"));
  await missing.waitFor();
  isAway = false;
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await chat.address.waitFor();
  await missing.waitFor({ state: "detached" });
});

for (const [what, answer] of [
  ["is gone", async () => ({ status: 404, body: "There is no such page here." })],
  // It would run, and wreck the page: a program of another cut, under the name of this one.
  ["is another one", async () => ({ status: 200, contentType: "application/wasm", body: await otherChunk() })],
]) {
  scenario(`a chunk that ${what} on the server is never run: the page says that it is to be reloaded`, EVERYWHERE, async ({ chat, page, complaints }) => {
    expectLosses(complaints);
    let isUpdated = true;
    await page.route(SCREENS, async (route) => (isUpdated ? route.fulfill(await answer()) : route.continue()));
    await chat.connect();
    await chat.message.fill("not sent yet");
    await page.getByRole("button", { name: chat.words("change-gateway"), exact: true }).click();
    await page.getByText(chat.words("chunk-outdated")).waitFor();
    isUpdated = false;
    await page.getByRole("button", { name: chat.words("reload"), exact: true }).click();
    await until("the draft is there", async () => (await chat.message.inputValue()) === "not sent yet");
    await page.getByRole("button", { name: chat.words("change-gateway"), exact: true }).click();
    await chat.address.waitFor();
  });
}

scenario("a server that is ill is asked again, and no reason to reload", EVERYWHERE, async ({ chat, page, complaints }) => {
  expectLosses(complaints);
  let isIll = true;
  await page.route(SCREENS, (route) => (isIll ? route.fulfill({ status: 502, body: "Bad gateway" }) : route.continue()));
  await chat.open({ gateway: null, token: null });
  await page.getByText(chat.words("chunk-missing")).waitFor();
  isIll = false;
  await chat.address.waitFor(TRIES);
});

scenario("who comes back loads what few use once the page is at rest, and not before", EVERYWHERE, async ({ chat, page }) => {
  await chat.connect();
  let statusThen;
  await page.route(SCREENS, async (route) => {
    statusThen = await chat.statusText();
    await route.continue();
  });
  const came = page.waitForResponse(SCREENS);
  await page.reload();
  await chat.isReady();
  const response = await came;
  assert.ok(statusThen?.startsWith(chat.words("status-connected")), statusThen);
  assert.equal(response.headers()["content-type"], "application/wasm");
  assert.match(response.headers()["cache-control"], /immutable/);
});

scenario("a browser without Ed25519 waits for it before it signs in, and is the same device at the next visit", EVERYWHERE, async ({ chat, page, complaints }) => {
  expectLosses(complaints);
  let isAway = true;
  await page.route(ED25519, (route) => (isAway ? route.abort() : route.continue()));
  await page.addInitScript(() => {
    const fails = () => Promise.reject(new DOMException("no such algorithm", "NotSupportedError"));
    // An empty page of Firefox has none at all.
    Object.assign(globalThis.SubtleCrypto?.prototype ?? {}, { generateKey: fails });
  });
  await chat.open();
  await page.getByText(chat.words("chunk-missing")).waitFor();
  assert.ok(!(await chat.statusText()).startsWith(chat.words("status-connected")));
  isAway = false;
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await chat.isReady();
  await chat.send("signed by hand");
  await said(chat, "signed by hand").nth(1).waitFor();
  await page.reload();
  await chat.isReady();
  await said(chat, "signed by hand").nth(1).waitFor();
});

scenario("a browser that has Ed25519 loads none", EVERYWHERE, async ({ chat, page }) => {
  let asked = 0;
  await page.route(ED25519, (route) => {
    asked += 1;
    return route.continue();
  });
  const screens = page.waitForResponse(SCREENS);
  await chat.connect();
  await screens;
  assert.equal(asked, 0);
});

/** Keeps an answer from the page until the returned function is called. */
async function hold(page, what) {
  let pass;
  const held = new Promise((resolve) => {
    pass = resolve;
  });
  await page.route(what, async (route) => {
    await held;
    await route.continue();
  });
  return pass;
}

/** The bytes of a chunk that is not the one with the screens. */
async function otherChunk() {
  const assets = join(surroundings.page, "assets");
  const name = (await readdir(assets)).find((one) => /^split_markdown-\w+\.wasm$/.test(one));
  return readFile(join(assets, name));
}
