// Long conversations, and the reader's place in them.
import assert from "node:assert/strict";
import { scenario } from "./harness/index.mjs";
import { until } from "./harness/until.mjs";

const IN_BOTH = { servers: ["embedded"], firefox: ["embedded"] };
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** What a gateway has written down: question and answer in turn. One row is of next year. */
function transcript(count) {
  const words = ["a word", "a somewhat longer line of words that is broken on a phone", "one\n\ntwo\n\n- three\n- four"];
  return Array.from({ length: count }, (_, index) => ({
    role: index % 2 ? "assistant" : "user",
    content: [{ type: "text", text: `row ${index + 1}: ${words[index % 3]}` }],
    timestamp: Date.now() - (count - index) * 1000 + (index === 2 ? YEAR : 0),
    __openclaw: { id: `r${index + 1}`, seq: index + 1 },
  }));
}

/** Answers for the gateway what was said before; `send` gives the page a frame of the gateway's. */
async function withHistory(context, rows) {
  const gateway = {};
  await context.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    gateway.send = (frame) => socket.send(JSON.stringify(frame));
    server.onMessage((message) => socket.send(message));
    socket.onMessage((message) => {
      const { id, method, params } = JSON.parse(message);
      if (method !== "chat.history") {
        server.send(message);
        return;
      }
      const { limit = 100, offset = 0 } = params;
      const end = rows.length - offset;
      const messages = rows.slice(Math.max(0, end - limit), end);
      const hasMore = end > limit;
      const more = hasMore ? { nextOffset: offset + limit } : {};
      gateway.session = params.sessionKey;
      const payload = { sessionKey: params.sessionKey, sessionId: "long", messages, hasMore, ...more };
      socket.send(JSON.stringify({ type: "res", id, ok: true, payload }));
    });
  });
  return gateway;
}

const scroller = (chat) => chat.log;
const inPage = (chat) => chat.log.locator("article").count();

/** Reads back to the first row. */
async function toTheBeginning(chat, page) {
  await until("the first row", async () => {
    await scroller(chat).evaluate((log) => log.scrollTo({ top: 0 }));
    await page.waitForTimeout(50);
    return (await chat.log.getByText("row 1:").count()) > 0;
  }, { within: 120_000 });
}

/** The first row in view, and where it stands. */
function firstInView(chat) {
  return scroller(chat).evaluate((log) => {
    const edge = log.getBoundingClientRect().top;
    const rows = [...log.querySelectorAll("article")];
    const row = rows.find((row) => row.getBoundingClientRect().top >= edge);
    return { words: row.textContent.slice(0, 12), top: Math.round(row.getBoundingClientRect().top) };
  });
}

/** Waits until the browser has scrolled to where it wants. */
async function isStill(chat) {
  let last;
  await until("it is still", async () => {
    const before = last;
    last = await scroller(chat).evaluate((log) => new Promise((done) => setTimeout(() => done(log.scrollTop), 150)));
    return last === before;
  });
}

const fromEnd = (chat) => scroller(chat).evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);

scenario("a conversation of thousands of rows keeps few of them in the page, and the reader's place", IN_BOTH, async ({ chat, page, context }) => {
  await withHistory(context, transcript(2_000));
  await chat.connect();
  await chat.log.getByText("row 2000:").waitFor();
  assert.ok((await fromEnd(chat)) <= 4);
  // Older rows come by scrolling, and what is in view stays where it is.
  await scroller(chat).evaluate((log) => log.scrollTo({ top: 300 }));
  await until("older rows", async () => (await chat.log.getByText("row 1890:").count()) > 0);
  await toTheBeginning(chat, page);
  assert.ok((await inPage(chat)) < 150, `${await inPage(chat)} rows`);
  // Through all of it, there and back: each row stands where it belongs.
  await scroller(chat).evaluate((log) => log.scrollTo({ top: log.scrollHeight / 2 }));
  await page.waitForTimeout(200);
  const before = await firstInView(chat);
  const number = Number(before.words.match(/\d+/)[0]);
  assert.ok(number > 700 && number < 1300, before.words);
  await page.waitForTimeout(300);
  assert.deepEqual(await firstInView(chat), before, "nothing moves by itself");
  await scroller(chat).evaluate((log) => log.scrollTo({ top: log.scrollHeight }));
  await until("the end", async () => (await fromEnd(chat)) <= 4 && (await chat.log.getByText("row 2000:").count()) > 0);
  assert.ok((await inPage(chat)) < 150);
});

scenario("one arrow key up is not at the end: nothing pulls the reader down, and the pill counts", IN_BOTH, async ({ chat, page, context }) => {
  const gateway = await withHistory(context, transcript(120));
  await chat.connect();
  await chat.log.getByText("row 120:").waitFor();
  await scroller(chat).focus();
  await page.keyboard.press("ArrowUp");
  await until("one line up", async () => (await fromEnd(chat)) > 4);
  await isStill(chat);
  const before = await firstInView(chat);
  const say = (seq) =>
    gateway.send({
      type: "event",
      event: "session.message",
      payload: {
        sessionKey: gateway.session,
        sessionId: "long",
        message: { role: "assistant", content: [{ type: "text", text: `news ${seq}` }], timestamp: Date.now(), __openclaw: { id: `n${seq}`, seq } },
      },
    });
  say(121);
  say(122);
  const pill = page.getByRole("button", { name: "2 new" });
  await pill.waitFor();
  assert.deepEqual(await firstInView(chat), before);
  await pill.click();
  await until("the end", async () => (await fromEnd(chat)) <= 4);
  assert.equal(await pill.count(), 0);
  say(123);
  await chat.log.getByText("news 123").waitFor();
  await until("taken along", async () => (await fromEnd(chat)) <= 4);

  // Never: one stays where one is, over a reload too.
  const mode = page.getByRole("button", { name: /^New messages:/ });
  await mode.click();
  await mode.click();
  await page.getByRole("button", { name: "New messages: never follow" }).waitFor();
  say(124);
  await page.getByRole("button", { name: /new/i }).filter({ hasText: /\d new|New messages/ }).first().waitFor();
  assert.ok((await fromEnd(chat)) > 4);
  await page.reload();
  await page.getByRole("button", { name: "New messages: never follow" }).waitFor();

  // Always: wherever one reads.
  await mode.click();
  await mode.click();
  await page.getByRole("button", { name: "New messages: always follow" }).waitFor();
  await chat.log.getByText("row 120:").waitFor();
  // What history brings is followed as well: it may come a moment later.
  await until("away", async () => {
    await scroller(chat).evaluate((log) => log.scrollTo({ top: 0 }));
    return (await fromEnd(chat)) > 100;
  });
  say(121);
  await chat.log.getByText("news 121").waitFor();
  await until("taken along", async () => (await fromEnd(chat)) <= 4);
});

scenario("another conversation and back: the reader's place and the words of an edit are as they were", IN_BOTH, async ({ chat, page, context, server }) => {
  await withHistory(context, transcript(120));
  await chat.connect();
  await chat.log.getByText("row 120:").waitFor();
  await server.line({ mode: "refuse" });
  await server.cut();
  await chat.hasStatus("Reconnecting");
  await chat.send("to be changed");
  await chat.reaches("to be changed", "queued");
  await chat.log.getByRole("button", { name: "Edit", exact: true }).click();
  await chat.log.getByLabel("Edit message").fill("half changed");
  await scroller(chat).evaluate((log) => log.scrollTo({ top: log.scrollTop - 900 }));
  await until("away", async () => (await fromEnd(chat)) > 300);
  const before = await firstInView(chat);
  await page.evaluate(() => (location.hash = "#session=agent%3Amain%3Aanother"));
  await chat.log.getByText("row 120:").waitFor({ state: "detached" });
  await page.evaluate(() => history.back());
  await chat.log.getByText("row 120:").waitFor();
  await until("the same place", async () => (await firstInView(chat)).words === before.words);
  assert.ok(Math.abs((await firstInView(chat)).top - before.top) <= 2);
  assert.equal(await chat.log.getByLabel("Edit message").inputValue(), "half changed");
  await server.line({});
});

scenario("what is selected stays so, however far one reads on", IN_BOTH, async ({ chat, page, context }) => {
  await withHistory(context, transcript(2_000));
  await chat.connect();
  await chat.log.getByText("row 2000:").waitFor();
  await toTheBeginning(chat, page);
  const middle = () => scroller(chat).evaluate((log) => log.scrollTo({ top: log.scrollHeight / 2 }));
  await middle();
  await page.waitForTimeout(200);
  const { words } = await firstInView(chat);
  const selected = await scroller(chat).evaluate((log, words) => {
    const row = [...log.querySelectorAll("article")].find((row) => row.textContent.startsWith(words));
    getSelection().selectAllChildren(row.querySelector("p, .plain"));
    return getSelection().toString();
  }, words);
  assert.match(selected, /row \d+/);
  // Three hundred rows up, and as many down.
  for (const by of [-30_000, 60_000]) {
    await scroller(chat).evaluate((log, by) => log.scrollBy({ top: by }), by);
    await page.waitForTimeout(200);
    assert.equal(await page.evaluate(() => getSelection().toString()), selected);
  }
  await page.evaluate(() => getSelection().removeAllRanges());
  await scroller(chat).evaluate((log) => log.scrollTo({ top: 0 }));
  await until("few rows are in the page again", async () => (await inPage(chat)) < 150);
});

scenario("what opens stays in view: all of a long text at the end", IN_BOTH, async ({ chat, context }) => {
  const rows = transcript(30);
  rows.at(-1).content[0].text = Array.from({ length: 3_000 }, (_, line) => `line ${line + 1} of the last row`).join("\n\n");
  await withHistory(context, rows);
  await chat.connect();
  const all = chat.log.getByRole("button", { name: /show all/i }).last();
  await all.waitFor();
  await until("the end", async () => (await fromEnd(chat)) <= 4);
  const before = await firstLine(chat);
  await all.click();
  await chat.log.getByText("line 3000 of the last row").waitFor({ state: "attached" });
  assert.equal(await firstLine(chat), before);
  assert.ok((await fromEnd(chat)) > 1_000);
});

/** The first line of text in view. */
function firstLine(chat) {
  return scroller(chat).evaluate((log) => {
    const edge = log.getBoundingClientRect().top;
    const lines = [...log.querySelectorAll("p, .plain")];
    return lines.find((line) => line.getBoundingClientRect().top >= edge)?.textContent;
  });
}
