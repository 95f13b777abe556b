// Many tabs of one browser: one socket, one outbox, and when the tab that has
// it goes away or falls silent, another one takes over.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Judge,
  Tab,
  Wire,
  packageSite,
  pause,
  question,
  reckon,
  scenario,
  stop,
  surroundings,
  until,
  wholeHistory,
} from "./harness/index.mjs";

const TABS = 8;

/** The gateway has no part in which tab leads: with the real one only in the long run. */
const SERVERS = surroundings.full ? undefined : ["embedded"];

/** Long enough for any machine; the goals are in what is printed. */
const TAKEOVER = { within: 90_000 };

/** A browser's tabs on somebody's site, all with the same account. */
class Browser {
  typed = [];
  tabs = [];
  #stage;
  #site;
  #mark = crypto.randomUUID().slice(0, 8);

  static async open(stage, count) {
    const browser = new Browser();
    browser.#stage = stage;
    browser.#site = await packageSite();
    browser.session = `agent:main:tabs-${browser.#mark}`;
    await browser.more(count);
    return browser;
  }

  async more(count) {
    const { context, server } = this.#stage;
    const options = { url: server.gateway, auth: { token: server.token }, displayName: `tabs ${this.#mark}`, tabs: true };
    for (let index = 0; index < count; index += 1) {
      const tab = new Tab(await context.newPage(), this.#site.url, options);
      tab.number = this.tabs.push(tab);
      await tab.open();
    }
    await Promise.all(this.tabs.map((tab) => tab.ready()));
  }

  /** The tab with the socket. */
  async leader() {
    const one = () => {
      const leaders = this.tabs.filter(({ sockets }) => sockets > 0);
      return leaders.length === 1 && leaders[0];
    };
    return until("one tab has a socket", one);
  }

  /** Sends from a tab, and keeps account of it. */
  async type(tab) {
    const text = `n${this.typed.length} ${this.#mark} [chunks:2:20]`;
    const message = { text, session: this.session, tab: tab.number };
    this.typed.push(message);
    message.key = await tab.send(text, this.session);
  }

  /** The other devices and tabs that the gateway knows of, by its own account. */
  async presence() {
    const wire = await Wire.open(this.#stage.server);
    try {
      const all = await wire.request("system-presence", {});
      return all.filter((entry) => JSON.stringify(entry).includes(`tabs ${this.#mark}`));
    } finally {
      wire.close();
    }
  }

  /** All that was typed stands in the history once, and what left was right. */
  async isRight() {
    const empty = async () => {
      const lists = await Promise.all(this.tabs.map((tab) => tab.entries()));
      return lists.flat().length === 0;
    };
    await until("the outbox is empty", empty, { within: 60_000, every: 200 });
    // Also to a tab that slept meanwhile.
    for (const tab of this.tabs) {
      const told = async () => (await tab.unsettled()).length === 0;
      await until(`tab ${tab.number} is told`, told).catch(async (error) => {
        throw new Error(`${error.message}: ${await tab.unsettled()}`);
      });
    }
    const { rows } = await wholeHistory(this.#stage.server, this.session);
    const { once, ...rest } = reckon({ typed: this.typed, rows: { [this.session]: rows }, entries: [] });
    assert.equal(once, this.typed.length, JSON.stringify(rest));
    assert.deepEqual((await Judge.ofLog(this.#stage.log)).violations, []);
  }

  /** The time of the next hello after a moment, in milliseconds since then. */
  async nextHello(since) {
    const { frames } = this.#stage;
    const hello = () => frames.find(({ at, direction, text }) => at > since && direction === "received" && text.includes('"hello-ok"'));
    return (await until("another tab is connected", hello, { ...TAKEOVER, every: 10 })).at - since;
  }

  /** Without the tab that goes. */
  async close(tab) {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    await tab.close();
  }

  async end() {
    await this.#site.stop();
  }
}

function tabsScenario(name, options, act) {
  scenario(name, { log: true, ...options }, async (stage) => {
    const browser = await Browser.open(stage, TABS);
    try {
      await act(browser, stage);
    } finally {
      await browser.end();
    }
  });
}

tabsScenario("eight tabs have one socket: the line and the gateway's own presence say so, and each tab sends and hears all", {}, async (browser, { server }) => {
  await browser.leader();
  assert.equal((await server.sockets()).length, 1);
  assert.equal((await server.counters()).accepted, 1, "no tab ever opened another one");
  assert.equal((await browser.presence()).length, 1);
  for (const tab of browser.tabs) {
    await tab.page.evaluate(async (session) => {
      globalThis.heard = new Set();
      client.follow(session);
      client.listen("session.message", ({ payload }) => {
        if (payload.message.role === "user") heard.add(payload.message.idempotencyKey);
      });
      // Following it takes its time: once this is answered, no message is missed.
      await client.request("sessions.messages.subscribe", { key: session });
    }, browser.session);
  }
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(browser.tabs.map((tab) => browser.type(tab)));
  }
  await browser.isRight();
  for (const tab of browser.tabs) {
    const all = async () => (await tab.page.evaluate(() => heard.size)) === browser.typed.length;
    await until(`tab ${tab.number} heard all`, all);
  }
  assert.equal((await server.counters()).accepted, 1);
});

tabsScenario("when the tab with the socket is closed another one goes on, and nothing is lost or sent twice", { servers: SERVERS }, async (browser, { server, say }) => {
  const times = [];
  for (let round = 0; round < 3; round += 1) {
    const leader = await browser.leader();
    await Promise.all(browser.tabs.map((tab) => browser.type(tab)));
    const since = Date.now();
    await browser.close(leader);
    times.push(await browser.nextHello(since));
    await browser.type(browser.tabs[round]);
    await browser.leader();
  }
  await browser.isRight();
  assert.equal((await server.sockets()).length, 1);
  say(`closed leader on ${server.kind}: another tab had its hello after ${times.join(", ")} ms`);
});

const WAYS = [
  ["has its process stopped", stop, { isBusy: false }],
  ["stops in the debugger", pause, { isBusy: false }],
  // It may hold a transaction of the store then, which the browser ends after a minute.
  ["has its process stopped while it sends", stop, { isBusy: true }],
];

for (const [how, silence, { isBusy }] of WAYS.slice(0, surroundings.full ? WAYS.length : 1)) {
  const name = `when the tab with the socket ${how} another one takes over, and nothing is sent twice when it wakes`;
  tabsScenario(name, { servers: SERVERS }, async (browser, { server, say }) => {
    const leader = await browser.leader();
    const others = browser.tabs.filter((tab) => tab !== leader);
    await browser.type(leader);
    await browser.type(others[0]);
    const speaks = await question(leader.page);
    await until("it speaks", () => speaks(others[0].page));
    if (isBusy) {
      await browser.type(leader);
    } else {
      await until("its messages have arrived", async () => (await leader.entries()).length === 0);
    }
    const since = Date.now();
    const wake = await silence(leader.page);
    let woken = false;
    try {
      assert.equal(await speaks(others[0].page), false, "it is silent");
      await Promise.all(others.map((tab) => browser.type(tab)));
      const after = await browser.nextHello(since);
      say(`silent leader (${how}) on ${server.kind}: another tab had its hello after ${after} ms`);
      const fewer = async () => (await others[0].entries()).length === 0;
      await until("the others' messages arrive", fewer, TAKEOVER);
      await wake();
      woken = true;
      await browser.type(leader);
    } finally {
      if (!woken) {
        await wake();
      }
    }
    await browser.isRight();
    assert.notEqual(await browser.leader(), leader, "who slept follows now");
    await until("there is one socket", async () => (await server.sockets()).length === 1);
  });
}

tabsScenario(
  "ten times in a row the tab with the socket is closed or silenced at random, and nothing is lost or sent twice",
  { servers: surroundings.full ? undefined : [], patienceMs: 900_000 },
  async (browser, { server }) => {
    for (let round = 0; round < 10; round += 1) {
      const leader = await browser.leader();
      const typing = browser.tabs.filter((tab) => tab !== leader).map((tab) => browser.type(tab));
      const since = Date.now();
      if (round % 2 === 0) {
        await browser.close(leader);
        await browser.more(1);
      } else {
        const wake = await stop(leader.page);
        await browser.nextHello(since);
        await wake();
      }
      await Promise.all(typing);
      await sleep(500);
    }
    await browser.isRight();
    assert.equal((await server.sockets()).length, 1);
  },
);

scenario("where the browser's locks do not answer, a tab connects all the same, and nothing that it wrote is lost", { servers: ["embedded"] }, async ({ page, context, server }) => {
  const site = await packageSite();
  const open = async (tab) => {
    await tab.goto(site.url);
    await tab.waitForFunction(() => globalThis.start);
    await tab.evaluate((options) => start(options), { url: server.gateway, auth: { token: server.token } });
  };
  try {
    await page.addInitScript(() => {
      LockManager.prototype.request = () => new Promise(() => {});
    });
    await open(page);
    await page.evaluate(async () => {
      await client.ready();
      await client.send("without a lock").confirmed;
      client.close();
      await client.send("for later").stored;
    });
    if (!surroundings.full) {
      // What follows takes a minute: the next tab must be sure that nobody has the message.
      return;
    }
    await page.close();
    const next = await context.newPage();
    await open(next);
    const said = await until("what was left behind is sent by a tab with locks", async () => {
      const rows = await next.evaluate(async () => {
        await client.ready();
        return (await client.request("chat.history", { sessionKey: "main" })).messages;
      });
      const words = rows.filter(({ role }) => role === "user").map(({ content }) => content);
      return words.length >= 2 && words;
    }, { within: 150_000, every: 2_000 });
    assert.deepEqual(said, ["without a lock", "for later"]);
  } finally {
    await site.stop();
  }
});
