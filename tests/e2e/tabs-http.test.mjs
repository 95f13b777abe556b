// A page on plain http under a name of the network: no Web Locks, so no tab
// leads. Each has its own socket and its own messages.
import assert from "node:assert/strict";
import { Judge, Tab, packageFolder, reckon, scenario, surroundings, until, wholeHistory } from "./harness/index.mjs";

const NAME = "claw.test";
const TABS = 3;

/** Before another tab takes up the messages of one that is gone; half as much again for slow machines. */
const ADOPTION_MS = 90_000;

/** Chromium says so about every page on plain http that has the header. */
const UNTRUSTED = /Cross-Origin-Opener-Policy header has been ignored/;

const OPTIONS = {
  servers: surroundings.full ? undefined : ["embedded"],
  browser: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
  log: true,
  server: async () => ({
    page: await packageFolder(),
    relay: ["--host", NAME],
    // The real gateway cannot know beforehand at which port the page will be.
    gateway: { allowedOrigins: ["*"] },
  }),
};

class Browser {
  typed = [];
  tabs = [];
  #stage;
  #mark = crypto.randomUUID().slice(0, 8);

  static async open(stage) {
    const browser = new Browser();
    browser.#stage = stage;
    browser.session = `agent:main:http-${browser.#mark}`;
    for (let count = 0; count < TABS; count += 1) {
      await browser.#openTab();
    }
    return browser;
  }

  async #openTab() {
    const { context, server } = this.#stage;
    const named = (url) => url.replace("127.0.0.1", NAME);
    // Of the real gateway only the address is in the policy of the page.
    const url = server.kind === "embedded" ? named(server.gateway) : server.gateway;
    const options = { url, auth: { token: server.token }, displayName: "on http", tabs: true };
    const tab = new Tab(await context.newPage(), named(server.page), options);
    tab.number = this.tabs.push(tab);
    await tab.open();
    await this.#isLetIn(tab);
  }

  /** Our gateway does not take a page under a foreign name for one of this machine. */
  async #isLetIn(tab) {
    let asked;
    const ask = async () => {
      const { status, requestId } = await tab.page.evaluate(() => client.status);
      if (status === "pairing" && requestId && requestId !== asked) {
        asked = requestId;
        await this.#stage.server.approve(requestId);
      }
      return status === "ready";
    };
    await until(`tab ${tab.number} is let in`, ask, { every: 500 });
  }

  async type(tab) {
    const text = `n${this.typed.length} ${this.#mark} [chunks:2:20]`;
    const message = { text, session: this.session, tab: tab.number };
    this.typed.push(message);
    message.key = await tab.send(text, this.session);
  }

  /** All that was typed stands in the history once, and what left was right. */
  async isRight() {
    const arrived = async () => {
      const lists = await Promise.all(this.tabs.map((tab) => tab.entries()));
      const { rows } = await wholeHistory(this.#stage.server, this.session);
      const { once } = reckon({ typed: this.typed, rows: { [this.session]: rows }, entries: [] });
      return lists.flat().length === 0 && once === this.typed.length;
    };
    await until("all has arrived", arrived, { within: ADOPTION_MS + 60_000, every: 500 });
    const { rows } = await wholeHistory(this.#stage.server, this.session);
    const { once, ...rest } = reckon({ typed: this.typed, rows: { [this.session]: rows }, entries: [] });
    assert.equal(once, this.typed.length, JSON.stringify(rest));
    assert.deepEqual((await Judge.ofLog(this.#stage.log)).violations, []);
  }
}

scenario("on plain http every tab has its own socket, and nothing is lost or sent twice when lines break", OPTIONS, async (stage) => {
  const { server, complaints } = stage;
  complaints.expect(UNTRUSTED);
  const browser = await Browser.open(stage);
  const [first] = browser.tabs;
  const facts = await first.page.evaluate(() => ({ secure: isSecureContext, locks: "locks" in navigator }));
  assert.deepEqual(facts, { secure: false, locks: false });
  await until("each has a socket", async () => (await server.sockets()).length === TABS);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(browser.tabs.map((tab) => browser.type(tab)));
    await server.cut();
  }
  await first.reload();
  await browser.isRight();
});

scenario(
  "on plain http the waiting messages of a closed tab are sent by another one after a minute, once",
  { ...OPTIONS, servers: surroundings.full ? undefined : [], patienceMs: 400_000 },
  async (stage) => {
    const { server, say, complaints } = stage;
    complaints.expect(UNTRUSTED);
    const browser = await Browser.open(stage);
    await server.line({ mode: "refuse" });
    await server.cut();
    const [goes, ...stay] = browser.tabs;
    for (let count = 0; count < 5; count += 1) {
      await browser.type(goes);
    }
    await Promise.all(stay.map((tab) => browser.type(tab)));
    browser.tabs = stay;
    await goes.close();
    const began = Date.now();
    await server.line({});
    await browser.isRight();
    say(`plain http on ${server.kind}: the messages of a closed tab had arrived after ${Math.round((Date.now() - began) / 1000)} s`);
  },
);
