// The browser is closed with messages that wait, and started again.
import assert from "node:assert/strict";
import { Judge, Tab, Wire, moving, packageSite, reckon, scenario, surroundings, until, wholeHistory, wordsOf } from "./harness/index.mjs";

const MESSAGES = surroundings.full ? 500 : 24;
const SESSIONS = 3;

/** Which of the messages carry a file. */
const WITH_FILE = new Set([3, 11, 20]);
const FILE_BYTES = 200_000;

/** More than a gateway lets wait behind a run. */
const FLOOD = 24;

/** All at once, as a page would that was written into offline; answers the keys. */
function type(page, messages) {
  return page.evaluate(
    ([messages, bytes]) => {
      const file = (name) => new File([new Uint8Array(bytes).map((_, at) => 97 + (at % 26))], name, { type: "text/plain" });
      const sent = messages.map(({ text, session, file: name }) => {
        const attachments = name ? [file(name)] : undefined;
        return client.send(text, { sessionKey: session, attachments });
      });
      return Promise.all(sent.map((one) => one.stored.then(() => one.key)));
    },
    [messages, FILE_BYTES],
  );
}

scenario(
  `a browser closed with ${MESSAGES} waiting messages sends each once and in order when it is started again`,
  { log: true, profile: true, patienceMs: surroundings.full ? 1_200_000 : 240_000 },
  async (stage) => {
    const { server, log, say } = stage;
    const site = await packageSite();
    try {
      const mark = crypto.randomUUID().slice(0, 8);
      const options = { url: server.gateway, auth: { token: server.token }, displayName: "closed" };
      const first = new Tab(stage.page, site.url, options);
      await first.open();
      await first.ready();
      await server.line({ mode: "refuse" });
      await server.cut();
      const sessions = Array.from({ length: SESSIONS }, (_, index) => `agent:main:closed-${mark}-${index + 1}`);
      const typed = Array.from({ length: MESSAGES }, (_, index) => ({
        text: `n${index} ${mark} [chunks:1:0]`,
        session: sessions[index % SESSIONS],
        file: WITH_FILE.has(index) ? `n${index}.txt` : undefined,
        tab: 1,
      }));
      const keys = await type(first.page, typed);
      typed.forEach((message, index) => (message.key = keys[index]));
      assert.equal((await first.entries()).length, MESSAGES);

      const { context } = await stage.reopen();
      const again = new Tab(await context.newPage(), site.url, options);
      await again.open();
      await until("they are taken up", async () => (await again.entries()).length === MESSAGES);
      assert.deepEqual((await again.entries()).map(({ key }) => key).sort(), [...keys].sort());
      const began = Date.now();
      await server.line({});
      const sent = async () => (await again.entries()).length === 0;
      await until("all are confirmed", sent, { within: surroundings.full ? 900_000 : 150_000, every: 200 }).catch(async (error) => {
        throw new Error(`${error.message}: ${JSON.stringify((await again.entries()).slice(0, 5))}`);
      });
      say(`${MESSAGES} messages over ${SESSIONS} sessions of ${server.kind}: confirmed ${((Date.now() - began) / 1000).toFixed(1)} s after the line was there again`);

      const rows = Object.fromEntries(
        await Promise.all(sessions.map(async (session) => [session, (await wholeHistory(server, session)).rows])),
      );
      const { once, ...rest } = reckon({ typed, rows, entries: [] });
      assert.equal(once, MESSAGES, JSON.stringify(rest));
      for (const session of sessions) {
        const said = rows[session].filter(({ role }) => role === "user").map(wordsOf);
        assert.deepEqual(said, typed.filter((message) => message.session === session).map(({ text }) => text), session);
      }
      const judge = await Judge.ofLog(log);
      assert.deepEqual(judge.violations, []);
      const { sends, refused } = judge.counts;
      assert.equal(sends - refused, MESSAGES, "each left once, but for what the gateway refused for the moment");
      const files = judge.firstSends().filter(({ files }) => files.length > 0);
      const wanted = typed.filter(({ file }) => file).map(({ key, file }) => ({ key, files: [{ name: file, bytes: FILE_BYTES }] }));
      const byKey = (a, b) => a.key.localeCompare(b.key);
      assert.deepEqual(files.map(({ key, files }) => ({ key, files })).sort(byKey), wanted.sort(byKey));
    } finally {
      await site.stop();
    }
  },
);

scenario(
  "messages that the gateway acknowledged and then threw away, because too many waited, are shown in the end",
  { servers: surroundings.full ? ["openclaw"] : [], log: true, patienceMs: 400_000 },
  async (stage) => {
    const { server, context, log, say } = stage;
    const site = await packageSite();
    // Another device: ours alone keeps below the gateway's bound.
    const other = await Wire.open(server);
    try {
      const mark = crypto.randomUUID().slice(0, 8);
      const session = `agent:main:flood-${mark}`;
      const tab = new Tab(stage.page, site.url, { url: server.gateway, auth: { token: server.token }, displayName: "flood" });
      await tab.open();
      await tab.ready();
      const typed = [{ text: `long ${mark} [chunks:80:100]`, session, tab: 1 }];
      typed[0].key = await tab.send(typed[0].text, session);
      await until("it runs", async () => (await stage.world.modelCalls(mark)).length > 0);
      const flood = async () => {
        const texts = Array.from({ length: FLOOD }, (_, count) => `f${count} ${mark} [chunks:1:0]`);
        const send = (message) => other.request("chat.send", { sessionKey: session, message, idempotencyKey: crypto.randomUUID() });
        await Promise.all(texts.map(send));
      };
      await flood();
      const own = Array.from({ length: 8 }, (_, count) => ({ text: `n${count} ${mark} [chunks:1:0]`, session, tab: 1 }));
      const keys = await type(tab.page, own);
      own.forEach((message, count) => (message.key = keys[count]));
      typed.push(...own);
      await until("they are acknowledged", async () => (await tab.entries()).every(({ state }) => state === "accepted"));
      await flood();
      let entries;
      const resting = async () => {
        entries = await tab.entries();
        return moving(entries).length === 0;
      };
      await until("all have come to rest", resting, { within: 120_000, every: 200 }).catch((error) => {
        throw new Error(`${error.message}: ${JSON.stringify(moving(entries))}`);
      });
      const { rows } = await wholeHistory(server, session);
      const found = reckon({ typed, rows: { [session]: rows }, entries });
      say(`flood: ${typed.length} typed, ${found.once} once, ${found.unconfirmed} unconfirmed; of both devices' messages the gateway threw away: ${JSON.stringify(found.dropped)}`);
      assert.equal(found.once + found.unconfirmed, typed.length, JSON.stringify(found));
      assert.deepEqual(found.double, []);
      assert.deepEqual((await Judge.ofLog(log)).violations, []);
    } finally {
      other.close();
      await site.stop();
    }
  },
);
