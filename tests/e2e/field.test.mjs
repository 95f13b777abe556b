// What people bring, in a real browser and at the real gateway: whatever is
// `stored` is found again, and what is wrong with one message stays with it.
import assert from "node:assert/strict";
import { packageSite, scenario } from "./harness/index.mjs";

/** A page of a site with the package, which no client has touched yet. */
function onFreshSite(name, act) {
  scenario(name, {}, async (stage) => {
    const site = await packageSite();
    const { page, server } = stage;
    const fresh = async () => {
      await page.goto(site.url);
      await page.waitForFunction(() => globalThis.start);
    };
    const told = { url: server.gateway, auth: { token: server.token }, store: `field-${crypto.randomUUID()}` };
    try {
      await fresh();
      await act({ ...stage, fresh, told });
    } finally {
      await site.stop();
    }
  });
}

/** The next page finds these words in the outbox, or has sent them. */
async function isFoundAgain({ page, fresh, told }, words) {
  await fresh();
  await page.evaluate((told) => start(told), told);
  const has = (words) =>
    client.entries().some(({ text }) => text === words) || globalThis.chat.state.items.some(({ message }) => clawline.textOf(message) === words);
  await page.evaluate(async () => {
    globalThis.chat = client.chat();
    await client.ready();
  });
  await page.waitForFunction(has, words);
  await page.waitForFunction(() => client.entries().length === 0);
}

onFreshSite("what is written before connecting, and after a close, is there after a reload", async (stage) => {
  const { page, told } = stage;
  const before = await page.evaluate(async (told) => {
    globalThis.client = new clawline.GatewayClient(told);
    return await client.send("written before").stored;
  }, told);
  assert.deepEqual(before, { durable: true });
  await isFoundAgain(stage, "written before");
  const after = await page.evaluate(async () => {
    client.close();
    await new Promise((later) => setTimeout(later, 100));
    return await client.send("written after").stored;
  });
  assert.deepEqual(after, { durable: true });
  await isFoundAgain(stage, "written after");
});

onFreshSite("an auth that fails or never answers keeps nothing off the disk", async (stage) => {
  const { page, fresh, told } = stage;
  for (const kind of ["rejects", "hangs"]) {
    await fresh();
    const stored = await page.evaluate(
      async ({ told, kind }) => {
        const auth = () => (kind === "hangs" ? new Promise(() => {}) : Promise.reject(new Error("no token today")));
        start({ ...told, auth });
        return await client.send(`kept although it ${kind}`).stored;
      },
      { told, kind },
    );
    assert.deepEqual(stored, { durable: true });
    await isFoundAgain(stage, `kept although it ${kind}`);
  }
});

onFreshSite("a ticket in the address is a credential: one outbox, sent once, and in no name", async ({ page, server, told }) => {
  await page.evaluate((told) => {
    let ticket = 0;
    start({ ...told, url: () => `${told.url}?ticket=secret${++ticket}` });
  }, told);
  await page.evaluate(() => client.ready());
  await server.line({ mode: "refuse" });
  await server.cut();
  await page.waitForFunction(() => client.status.status === "waiting");
  const sent = await page.evaluate(async () => {
    globalThis.sent = client.send("one");
    return [await sent.stored, client.entries().length];
  });
  assert.deepEqual(sent, [{ durable: true }, 1]);
  await server.line({});
  await page.evaluate(() => sent.confirmed);
  const names = await page.evaluate(async () => JSON.stringify([await indexedDB.databases(), Object.keys(localStorage)]));
  assert.doesNotMatch(names, /secret/);
});

onFreshSite("a file that is gone parks its own message, and the words typed after it are kept and sent", async ({ page, told }) => {
  const seen = await page.evaluate(async (told) => {
    start(told);
    await client.ready();
    const gone = new File(["was here"], "report.txt");
    gone.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
    const bad = client.send("look at this", { attachments: [gone] });
    const why = await bad.confirmed.catch(({ code }) => code);
    const good = client.send("typed after");
    const stored = await good.stored;
    await good.confirmed;
    const [{ reason, text, files }] = client.entries();
    const isEnded = client.remove(bad.key);
    return { why, stored, reason, text, file: files[0].name, isEnded, left: client.entries().length };
  }, told);
  assert.deepEqual(seen, {
    why: "parked",
    stored: { durable: true },
    reason: "file-unreadable: report.txt",
    text: "look at this",
    file: "report.txt",
    isEnded: true,
    left: 0,
  });
});

onFreshSite("a word that only stops is done when it is answered", async ({ page, told }) => {
  const state = await page.evaluate(async (told) => {
    start(told);
    await client.ready();
    // A run that another page left in the main session is not this page's to stop.
    const sessionKey = `agent:main:stopped-${crypto.randomUUID()}`;
    const stop = client.send("stop", { sessionKey });
    await stop.confirmed;
    return [stop.state, client.entries().length];
  }, told);
  assert.equal(state[0], "confirmed");
  assert.equal(state[1], 0);
});

onFreshSite("a side question, which never has a row, is done when it is answered", async ({ page, told }) => {
  const seen = await page.evaluate(async (told) => {
    start(told);
    await client.ready();
    const sessionKey = `agent:main:aside-${crypto.randomUUID()}`;
    await client.send("hello [chunks:1:0]", { sessionKey }).confirmed;
    const aside = client.send("/btw what is this? [chunks:1:0]", { sessionKey });
    await aside.confirmed;
    return [aside.state, client.entries().length];
  }, told);
  assert.deepEqual(seen, ["confirmed", 0]);
});
