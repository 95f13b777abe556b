// What apps do wrongly with the npm package: each is told at once, in words,
// and nothing else suffers for it.
import assert from "node:assert/strict";
import { onSite, packageSite, scenario } from "./harness/index.mjs";

const EMBEDDED = { servers: ["embedded"] };

onSite("what is no string where one belongs is said at the call, and the page goes on", EMBEDDED, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    await client.ready();
    const mistakes = {
      "send to 5": () => client.send("x", { sessionKey: 5 }),
      "send nothing": () => client.send(undefined),
      "send an object": () => client.send({ message: "x" }),
      "enqueue 5": () => client.enqueue(5, {}),
      "enqueue to 5": () => client.enqueue("chat.send", { sessionKey: 5, message: "x" }),
      "edit 5": () => client.edit(5, "x"),
      "edit to 5": () => client.edit("a key", 5),
      "remove 5": () => client.remove(5),
      "resend nothing": () => client.resend(undefined),
      "chat 5": () => client.chat(5),
      "follow an object": () => client.follow({}),
      "listen to 5": () => client.listen(5, () => {}),
      "events of nothing": () => client.events(undefined),
    };
    const told = Object.entries(mistakes).map(([what, make]) => {
      try {
        make();
        return `${what}: nothing was said`;
      } catch (why) {
        return why instanceof TypeError && /must be a string/.test(why.message) ? undefined : `${what}: ${why}`;
      }
    });
    const sent = client.send("none the worse", { sessionKey: null });
    await sent.confirmed;
    return { told: told.filter((what) => what !== undefined), state: sent.state, status: client.status.status };
  });
  assert.deepEqual(seen, { told: [], state: "confirmed", status: "ready" });
});

onSite("one file where a list belongs is refused, and the message does not leave without it", EMBEDDED, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    await client.ready();
    const attachments = new File(["important"], "it.txt", { type: "text/plain" });
    const wordsOf = ({ message }) => message;
    const said = [attachments, { name: "it.txt", blob: attachments }, 5].map((attachments) => {
      try {
        client.send("see the file", { attachments });
      } catch (why) {
        return wordsOf(why);
      }
    });
    await client.send("after it").confirmed;
    const { messages } = await client.request("chat.history", { sessionKey: "main" });
    return { said, sent: messages.filter(({ role }) => role === "user").map(({ content }) => content) };
  });
  assert.ok(seen.said.every((words) => /must be an array/.test(words)), `${seen.said}`);
  assert.deepEqual(seen.sent, ["after it"]);
});

onSite("an idempotency key that is none is refused, and not another one taken", EMBEDDED, async ({ page }) => {
  const said = await page.evaluate(async () => {
    await client.ready();
    return [5, "", null].map((idempotencyKey) => {
      try {
        client.enqueue("chat.send", { sessionKey: "main", message: "once", idempotencyKey });
      } catch ({ message }) {
        return message;
      }
    });
  });
  assert.ok(said.every((words) => /idempotencyKey/.test(words)), `${said}`);
});

onSite("a request without a signal may say so, and gets its answer", EMBEDDED, async ({ page }) => {
  const answer = await page.evaluate(async () => {
    await client.ready();
    return client.request("health", {}, { signal: null });
  });
  assert.ok(answer);
});

onSite("a message that was not taken in does not go on saying that it waits", EMBEDDED, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const sent = client.send("  ");
    const { code, advice } = await sent.stored.catch((why) => why);
    return { code, advice, state: sent.state };
  });
  assert.deepEqual([seen.code, seen.state], ["invalid-params", "removed"]);
  assert.match(seen.advice, /words or a file/);
});

onSite("a message that was enqueued is confirmed by its session's events, without a look", EMBEDDED, async ({ page }) => {
  const looks = await page.evaluate(async () => {
    await client.ready();
    await client.enqueue("chat.send", { sessionKey: "main", message: "a longer way" }).confirmed;
    return client.metrics().looks;
  });
  assert.equal(looks, 0);
});

onSite("options that would mean something else are refused, and an address that is none is said", EMBEDDED, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const said = [{ scopes: "operator.read" }, { caps: [5] }, { commands: {} }, { url: null }, { url: "" }].map((options) => {
      try {
        new clawline.GatewayClient({ url: "ws://127.0.0.1:9", ...options });
      } catch ({ message }) {
        return message;
      }
    });
    const lost = new clawline.GatewayClient({ url: () => undefined, store: "lost", backoff: { maxAttempts: 1 } });
    lost.connect();
    const { message } = await lost.ready().catch((why) => why);
    await lost[Symbol.asyncDispose]();
    return { said, message };
  });
  assert.ok(seen.said.every((words) => words !== undefined), `${seen.said}`);
  assert.match(seen.message, /`url`/);
});

onSite("who waits for a connection is told when the client is closed, whatever it was about", EMBEDDED, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    await client.ready();
    const make = () => new clawline.GatewayClient({ url: "ws://127.0.0.1:9", store: "another" });
    const codeOf = ({ code, advice }) => ({ code, advice });
    const ends = {};
    for (const [how, end] of Object.entries({ closed: (one) => one.close(), disposed: (one) => one[Symbol.asyncDispose]() })) {
      for (const connects of [false, true]) {
        const one = make();
        if (connects) one.connect();
        const waits = one.ready().catch(codeOf);
        await end(one);
        ends[`${how} ${connects}`] = { ...(await waits), status: one.status.status, later: await one.ready().catch(codeOf) };
      }
    }
    return ends;
  });
  for (const [how, { code, status, advice, later }] of Object.entries(seen)) {
    assert.deepEqual([code, status, later.code], ["closed", "closed", "closed"], how);
    assert.match(advice, how.startsWith("disposed") ? /another/ : /connect\(\)/);
  }
});

/** A scenario on a site whose module is on its way until `load()`. */
function whileLoading(name, act) {
  scenario(name, EMBEDDED, async ({ page, server }) => {
    const site = await packageSite();
    let load;
    const held = new Promise((resolve) => (load = resolve));
    try {
      await page.route("**/clawline_bg.wasm", (route) => held.then(() => route.continue()));
      await page.goto(site.url);
      await page.waitForFunction(() => globalThis.start);
      await act({ page, load, options: { url: server.gateway, auth: { token: server.token } } });
    } finally {
      load();
      await site.stop();
    }
  });
}

whileLoading("while the module loads, a request can be given up, runs out of time, and ends with its client", async ({ page, load, options }) => {
  const seen = await page.evaluate(async (options) => {
    start(options);
    const nameOf = ({ code, name, sent }) => ({ is: code ?? name, sent });
    const stop = new AbortController();
    const givenUp = client.request("health", {}, { signal: stop.signal }).catch((why) => why);
    stop.abort("never mind");
    const late = client.request("health", {}, { timeoutMs: 100 }).catch(nameOf);
    const other = new clawline.GatewayClient({ ...options, store: "other" });
    other.connect();
    const waiting = [other.request("health", {}, { timeoutMs: null }), other.ready(), other.forgetDevice(), other.send("x").stored];
    const ended = Promise.all(waiting.map((one) => one.catch(nameOf)));
    await other[Symbol.asyncDispose]();
    globalThis.patient = client.request("health");
    return { givenUp: await givenUp, late: await late, ended: await ended };
  }, options);
  assert.equal(seen.givenUp, "never mind");
  assert.deepEqual(seen.late, { is: "timeout", sent: false });
  assert.deepEqual(seen.ended.map(({ is }) => is), Array(4).fill("closed"));
  load();
  assert.ok(await page.evaluate(() => patient));
});

whileLoading("what is asked while the module loads is what it was at the call", async ({ page, load, options }) => {
  await page.evaluate((options) => {
    start(options);
    const session = { key: "agent:main:one" };
    const message = { sessionKey: "agent:main:one", message: "one" };
    globalThis.asked = client.request("sessions.messages.subscribe", session);
    globalThis.sent = client.enqueue("chat.send", message);
    session.key = message.sessionKey = "agent:main:two";
    message.message = "two";
  }, options);
  load();
  const seen = await page.evaluate(async () => {
    await sent.confirmed;
    const { messages } = await client.request("chat.history", { sessionKey: "agent:main:one" });
    return { key: (await asked).key, said: messages[0]?.content };
  });
  assert.deepEqual(seen, { key: "agent:main:one", said: "one" });
});

onSite("half an emoji is sent as what it is worth, and holds up nothing", { servers: ["embedded", "openclaw"] }, async ({ page }) => {
  const confirmed = await page.evaluate(async () => {
    await client.ready();
    const message = "cut off here 😀".slice(0, -1);
    await client.enqueue("chat.send", { sessionKey: "agent:main:main", message }).confirmed;
    await client.send("after it").confirmed;
    return true;
  });
  assert.ok(confirmed);
});

onSite("a chat that may not be stopped says which scope is missing", EMBEDDED, async ({ page, server }) => {
  const why = await page.evaluate(async ({ url, auth }) => {
    const reader = new clawline.GatewayClient({ url, auth, store: "reader", scopes: ["operator.read"] });
    reader.connect();
    await reader.ready();
    const chat = reader.chat();
    const { code, message, sent } = await chat.stop().catch((why) => why);
    return { code, message, sent };
  }, { url: server.gateway, auth: { token: server.token } });
  assert.equal(why.code, "MISSING_SCOPE");
  assert.equal(why.sent, false);
  assert.match(why.message, /chat\.abort needs the scope operator\.write/);
});

onSite("a place without WebSocket is named as such, and no address is blamed", EMBEDDED, async ({ page, server }) => {
  const seen = await page.evaluate(async (options) => {
    delete globalThis.WebSocket;
    const client = new clawline.GatewayClient(options);
    client.connect();
    const { code, advice } = await client.ready().catch((why) => why);
    const asked = await client.request("health").catch((why) => why.code);
    const sent = await client.send("never").confirmed.catch((why) => why.code);
    return { code, advice, asked, sent, status: client.status.status };
  }, { url: server.gateway, auth: { token: server.token } });
  assert.deepEqual([seen.code, seen.asked, seen.sent, seen.status], ["no-websocket", "no-websocket", "no-websocket", "paused"]);
  assert.match(seen.advice, /Node 22/);
});
