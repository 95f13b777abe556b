// What somebody meets who tries the npm package for the first time, in a real
// browser: nothing hangs in silence.
import assert from "node:assert/strict";
import { SERVERS, Wire, onSite, packageSite, scenario, until } from "./harness/index.mjs";

/** The site, with what it writes to the console as warnings. */
async function onFirstNight({ page }, act) {
  const site = await packageSite();
  const said = [];
  page.on("console", (message) => message.type() === "warning" && message.text().startsWith("clawline:") && said.push(message.text()));
  try {
    await page.goto(site.url);
    await page.waitForFunction(() => globalThis.start);
    await act(said);
  } finally {
    await site.stop();
  }
}

scenario("a wrong token where nobody listens is said on the console, once and without the token", { firefox: SERVERS }, async (stage) => {
  await onFirstNight(stage, async (said) => {
    const options = { url: stage.server.gateway, auth: { token: "not-the-token" } };
    await stage.page.evaluate((options) => (start(options), void client.chat().send("Hello!").confirmed.catch(() => {})), options);
    await until("it is said", () => said.length > 0);
    const why = await stage.page.evaluate(() => client.ready().catch(({ code, message, advice }) => ({ code, message, advice })));
    assert.equal(said[0], `clawline: ${why.message} ${why.advice} (${why.code})`);
    assert.doesNotMatch(said[0], /not-the-token/);
    await stage.page.evaluate(() => client.connect());
    await stage.page.waitForFunction(() => client.status.status === "paused");
    assert.equal(said.length, 1);
  });
});

onSite("a method that the gateway does not have is told as such", {}, async ({ page }) => {
  const why = await page.evaluate(async () => {
    await client.ready();
    const { code, message, sent } = await client.call("nope.at.all").catch((why) => why);
    return { code, message, sent };
  });
  assert.deepEqual([why.code, why.sent], ["unknown-method", true]);
  assert.match(why.message, /version \d.*nope\.at\.all/);
});

onSite("the sessions are a list that keeps itself, over a lost connection and a new one", {}, async ({ page, server }) => {
  const wire = await Wire.open(server);
  await page.evaluate(async () => {
    await client.ready();
    globalThis.list = client.sessions({ limit: 20 });
    globalThis.labels = () => list.state.sessions.map(({ label }) => label);
    for await (const { loaded } of list.changes()) if (loaded) break;
  });
  const label = `list ${crypto.randomUUID()}`;
  const { key } = await wire.request("sessions.create", { label });
  await page.waitForFunction((label) => labels()[0] === label, label);

  await server.cut();
  await page.waitForFunction(() => client.status.status !== "ready");
  await page.waitForFunction(() => client.status.status === "ready");
  const next = `${label} again`;
  await wire.request("sessions.create", { label: next });
  await page.waitForFunction((next) => labels().includes(next), next);

  await page.evaluate(() => (client.close(), client.connect()));
  await page.waitForFunction(() => client.status.status === "ready");
  await page.evaluate((sessionKey) => client.send("hello there", { sessionKey }).confirmed, key);
  await page.waitForFunction((label) => labels()[0] === label, label);
  const end = await page.evaluate(() => (list.close(), list.state.closed));
  assert.ok(end);
  wire.close();
});

onSite("a chat opened without a connection after a reload shows what `entries()` has", { servers: ["embedded"] }, async ({ page, server }) => {
  await page.evaluate(() => client.ready());
  await server.line({ mode: "refuse" });
  await server.cut();
  await page.waitForFunction(() => client.status.status !== "ready");
  const asked = [undefined, "main", "agent:main:main"];
  await page.evaluate((asked) => Promise.all(asked.map((sessionKey) => client.send(`to ${sessionKey}`, { sessionKey }).stored)), asked);
  await page.reload();
  await page.waitForFunction(() => globalThis.start);
  await page.evaluate((options) => start(options), { url: server.gateway, auth: { token: server.token } });
  await page.waitForFunction(() => globalThis.client?.entries().length === 3);
  const shown = await page.evaluate((asked) => asked.map((key) => client.chat(key).state.outbox.length), asked);
  assert.deepEqual(shown, [3, 3, 3]);
  await server.line({});
});

onSite("a chat that was closed says so, and its methods can be handed on", { servers: ["embedded"] }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    await client.ready();
    const chat = client.chat();
    const { subscribe, getSnapshot } = chat;
    const loaded = new Promise((resolve) => subscribe(() => getSnapshot().loaded && resolve(true)));
    await loaded;
    chat.close();
    const codeOf = ({ code }) => code;
    let thrown;
    try {
      chat.send("into the void");
    } catch (why) {
      thrown = codeOf(why);
    }
    return { closed: getSnapshot().closed, thrown, stop: await chat.stop().catch(codeOf), older: await chat.older().catch(codeOf) };
  });
  assert.deepEqual(seen, { closed: true, thrown: "closed", stop: "closed", older: "closed" });
});

onSite("a file of a row is fetched from the gateway, and its page told where that cannot be", { servers: ["openclaw"] }, async ({ page, server, complaints }) => {
  complaints.expect(/CORS|ERR_FAILED|Content Security Policy|content security policy/);
  const url = await page.evaluate(async () => {
    await client.ready();
    const sessionKey = (await client.request("sessions.create", {})).key;
    await client.send("see this", { sessionKey, attachments: [new File(["the bytes"], "it.txt", { type: "text/plain" })] }).confirmed;
    const { messages } = await client.request("chat.history", { sessionKey });
    return messages[0].__openclaw.media[0].url;
  });
  assert.match(url, /^media:\/\//);
  const why = await page.evaluate((url) => client.media(url).catch(({ code, advice }) => ({ code, advice })), url);
  assert.equal(why.code, "media-unavailable");
  assert.match(why.advice, /own origin/);
  // A program asks in the same way, and no browser stands between.
  const { media } = await import("../../pkg/lib/media.js");
  assert.equal(await (await media(url, server.direct, { token: server.token })).text(), "the bytes");
  await assert.rejects(media(url, server.direct, { token: "wrong" }), { code: "media-unavailable", message: /401/ });
});
