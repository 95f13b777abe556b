// Everything breaks while people write: in the end each message stands in the
// gateway's transcript exactly once, or visibly waits for a person.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Dice, Judge, Tab, moving, overtaken, packageSite, reckon, scenario, seedOf, surroundings, until, wholeHistory } from "./harness/index.mjs";

const { full } = surroundings;

const MESSAGES = full ? 300 : 30;
const KILLS = full ? 5 : 1;
const TABS = 3;
const SESSIONS = 3;

/** What may happen between two messages, and how likely. */
const FAULTS = [
  ["cut one socket", 0.06],
  ["cut all sockets", 0.02],
  ["silence one socket", 0.04],
  ["a hole in the line", 0.008],
  ["reload a tab", 0.03],
  ["close a tab", 0.02],
  ["close a tab while it sends", 0.01],
];

/** The longest pause between two messages. */
const PAUSE_MS = 300;

/** How long a hole in the line lasts. */
const HOLE_MS = 12_000;

/** For everything to come right once the line is good again. */
const SETTLING_MS = full ? 600_000 : 120_000;

/** What the gateway asks its model when it takes up a turn by itself. */
const RESUMED = /^\[System\] Your previous turn was interrupted/;

class Chaos {
  typed = [];
  happened = new Map();
  #stage;
  #site;
  #dice;
  #mark;
  #tabs = [];
  #born = 0;
  #waiting = [];

  constructor(stage, site, seed) {
    this.#stage = stage;
    this.#site = site;
    this.#dice = new Dice(seed);
    this.#mark = crypto.randomUUID().slice(0, 8);
    this.sessions = Array.from({ length: SESSIONS }, (_, index) => `agent:main:chaos-${this.#mark}-${index + 1}`);
  }

  async run() {
    const dice = this.#dice;
    for (let count = 0; count < TABS; count += 1) {
      await this.#openTab();
    }
    await Promise.all(this.#tabs.map((tab) => tab.ready()));
    for (let number = 1; number <= MESSAGES; number += 1) {
      this.#type(number, dice.pick(this.#tabs));
      if (number % Math.floor(MESSAGES / (KILLS + 1)) === 0 && this.#count("kill the gateway") < KILLS) {
        this.#note("kill the gateway");
        await this.#stage.server.kill();
        this.#later(sleep(dice.below(2_000)).then(() => this.#stage.server.restart()));
      }
      for (const [fault, likelihood] of FAULTS) {
        if (dice.says(likelihood)) {
          await this.#happens(fault);
        }
      }
      await sleep(dice.below(PAUSE_MS));
      if (this.#count("kill the gateway") > 0 && number % 10 === 0) {
        await this.#gone();
      }
    }
    await this.#gone();
  }

  /** Waits for what was begun and goes on by itself, like a start of the gateway. */
  async #gone() {
    await Promise.all(this.#waiting.splice(0));
  }

  #later(promise) {
    // Awaited soon; until then its failure must not end the process.
    promise.catch(() => {});
    this.#waiting.push(promise);
  }

  #note(what) {
    this.happened.set(what, this.#count(what) + 1);
  }

  #count(what) {
    return this.happened.get(what) ?? 0;
  }

  #type(number, tab) {
    const dice = this.#dice;
    const pace = dice.says(0.15) ? "[chunks:20:100]" : "[chunks:2:20]";
    const session = dice.pick(this.sessions);
    const message = { text: `n${number} ${this.#mark} ${pace}`, session, tab: tab.number };
    this.typed.push(message);
    message.taken = tab
      .send(message.text, session)
      .then((key) => (message.key = key))
      .catch((error) => {
        if (!tab.leaving) {
          throw error;
        }
      });
    this.#later(message.taken);
    return message;
  }

  async #openTab() {
    const { context, server } = this.#stage;
    const options = { url: server.gateway, auth: { token: server.token }, displayName: "chaos" };
    const tab = new Tab(await context.newPage(), this.#site.url, options);
    tab.number = this.#born += 1;
    this.#tabs.push(tab);
    await tab.open();
  }

  async #happens(fault) {
    const { server } = this.#stage;
    const dice = this.#dice;
    const tab = dice.pick(this.#tabs);
    switch (fault) {
      case "cut one socket":
      case "silence one socket": {
        const sockets = await server.sockets();
        if (sockets.length === 0) {
          return;
        }
        const { socket } = dice.pick(sockets);
        await (fault === "cut one socket" ? server.cut(socket) : server.swallow(socket));
        break;
      }
      case "cut all sockets":
        await server.cut();
        break;
      case "a hole in the line":
        await server.line({ mode: "blackHole" });
        this.#later(sleep(HOLE_MS).then(() => server.line({})));
        break;
      case "reload a tab":
        await this.#taken(tab);
        tab.number = this.#born += 1;
        await tab.reload();
        break;
      case "close a tab while it sends":
        tab.leaving = true;
        this.#type(`${this.typed.length}x`, tab);
        await this.#replace(tab);
        break;
      default:
        await this.#taken(tab);
        await this.#replace(tab);
    }
    this.#note(fault);
  }

  /** What a tab was told to send is in its outbox. */
  async #taken(tab) {
    await Promise.all(this.typed.filter((message) => message.tab === tab.number).map(({ taken }) => taken));
  }

  async #replace(tab) {
    this.#tabs.splice(this.#tabs.indexOf(tab), 1);
    await tab.close();
    await this.#openTab();
  }

  /** Waits until nothing moves any more; what the outboxes still show. */
  async settled() {
    let entries;
    const ask = async () => {
      const lists = await Promise.all(this.#tabs.map((tab) => tab.entries()));
      // Every tab may show the same outbox.
      entries = [...new Map(lists.flat().map((entry) => [entry.key, entry])).values()];
      return moving(entries).length === 0;
    };
    await until("every message has come to rest", ask, { within: SETTLING_MS, every: 500 }).catch(async (error) => {
      const states = await Promise.all(this.#tabs.map((tab) => tab.status()));
      throw new Error(`${error.message}; tabs are ${states}; moving: ${JSON.stringify(moving(entries).slice(0, 30))}`);
    });
    return entries;
  }

  async histories() {
    const all = this.sessions.map(async (session) => [session, (await wholeHistory(this.#stage.server, session)).rows]);
    return Object.fromEntries(await Promise.all(all));
  }

  /** Calls of the model: for messages, and for turns that the gateway took up by itself. */
  async modelCalls(since) {
    const calls = (await this.#stage.world.modelCalls()).filter(({ atMs, toolResults }) => atMs >= since && toolResults === 0);
    const mine = calls.filter(({ userText }) => userText.includes(this.#mark));
    return { mine, resumed: calls.filter(({ userText }) => RESUMED.test(userText)) };
  }
}

scenario(
  `${MESSAGES} messages in ${TABS} tabs while everything breaks: each arrives exactly once, or visibly waits for a person`,
  { log: true, firefox: full ? ["embedded"] : [], patienceMs: full ? 1_500_000 : 240_000 },
  async (stage) => {
    const { server, frames, log, say } = stage;
    const seed = seedOf();
    say(`chaos on ${server.kind}: seed ${seed} (again with CLAWLINE_CHAOS_SEED=${seed})`);
    const site = await packageSite();
    const began = Date.now();
    try {
      const chaos = new Chaos(stage, site, seed);
      await chaos.run();
      say(`chaos on ${server.kind}: ${[...chaos.happened].map(([what, count]) => `${count} × ${what}`).join(", ")}`);
      const entries = await chaos.settled();
      const found = reckon({ typed: chaos.typed, rows: await chaos.histories(), entries });
      const judge = await Judge.ofLog(log);
      const own = Judge.ofFrames(frames);
      const count = JSON.stringify(judge.counts);
      say(`chaos on ${server.kind}: ${chaos.typed.length} typed, ${found.once} once, ${found.unconfirmed} unconfirmed, ` +
        `${found.untaken} not taken by a tab that was closed; over the line ${count}; ${Math.round((Date.now() - began) / 1000)} s`);
      if (server.kind === "openclaw") {
        const { mine, resumed } = await chaos.modelCalls(began);
        say(`chaos on ${server.kind}: ${mine.length} calls of the model for messages, ${resumed.length} for turns that the gateway resumed by itself`);
      }
      const wrong = Object.entries(found).filter(([, list]) => Array.isArray(list) && list.length > 0);
      assert.deepEqual(Object.fromEntries(wrong), {});
      assert.deepEqual(judge.violations, []);
      assert.deepEqual(own.violations, []);
      assert.deepEqual(overtaken(chaos.typed.filter(({ key }) => key), judge.firstSends()), []);
      assert.equal((await server.counters()).unlogged, 0, "the log of the line is whole");
      if (server.kind === "embedded") {
        assert.equal(found.unconfirmed, 0);
      }
    } finally {
      await site.stop();
    }
  },
);
