// What the npm package offers beyond requests, in somebody else's page.
import assert from "node:assert/strict";
import { onSite, packageSite, scenario, until } from "./harness/index.mjs";

onSite("a chat shows what is on its way, what the agent says, and what was said before", { firefox: ["embedded"] }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    await client.ready();
    const { key } = await client.request("sessions.create", {});
    const chat = client.chat(key);
    const words = ({ message }) => (typeof message.content === "string" ? message.content : (message.content ?? []).map(({ text }) => text).join(""));
    const live = [];
    const sent = chat.send("count for me [chunks:6:60]");
    await sent.stored;
    const waiting = chat.state.outbox.map(({ text }) => text);
    for await (const { items, runs, loaded } of chat.changes()) {
      live.push(...items.filter(({ type }) => type === "run").map(({ message }) => message?.content?.[0]?.text ?? ""));
      const done = items.filter(({ type, role }) => type === "message" && role === "assistant");
      if (loaded && done.length > 0 && runs.length === 0) break;
    }
    await sent.confirmed;
    const { items, outbox } = chat.state;
    const same = chat.state === chat.state;
    const before = [...items];
    await chat.send("and again [chunks:1:10]").confirmed;
    const kept = before.every((item, at) => chat.state.items[at] === item);
    chat.close();
    const again = client.chat(key);
    for await (const { loaded } of again.changes()) if (loaded) break;
    return { key, waiting, live, rows: items.map((item) => [item.role, words(item)]), outbox, same, kept, again: again.state.items.slice(0, 2).map(({ role }) => role), of: again.sessionKey };
  });
  assert.deepEqual(seen.waiting, ["count for me [chunks:6:60]"]);
  assert.ok(seen.live.some((text) => text.length > 0), "nothing was seen while it was being said");
  assert.deepEqual(seen.rows.map(([role]) => role), ["user", "assistant"]);
  assert.equal(seen.rows[0][1], "count for me [chunks:6:60]");
  assert.deepEqual(seen.outbox, []);
  assert.ok(seen.same, "a state that did not change is another object");
  assert.ok(seen.kept, "rows that did not change are other objects");
  assert.deepEqual(seen.again, ["user", "assistant"]);
  assert.equal(seen.of, seen.key);
});

onSite("a message says when it is accepted and when it is confirmed", {}, async ({ page }) => {
  const states = await page.evaluate(async () => {
    const states = [];
    const sent = client.send("hello");
    client.on("outbox", ({ key, state }) => key === sent.key && states.push(state));
    await sent.accepted;
    states.push("(accepted)");
    await sent.confirmed;
    return [...states, sent.state];
  });
  assert.ok(states.indexOf("accepted") < states.indexOf("(accepted)"));
  assert.equal(states.at(-1), "confirmed");
});

onSite("a message that is taken back says so to whoever waits for it", { servers: ["embedded"] }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    client.close();
    const sent = client.send("never mind");
    await sent.stored;
    const [taken, again] = [sent.cancel(), sent.cancel()];
    const why = await sent.confirmed.catch((why) => why);
    return { taken, again, code: why.code, isError: why instanceof clawline.GatewayError, docs: why.docsUrl, left: client.entries().length };
  });
  assert.deepEqual([seen.taken, seen.again, seen.code, seen.isError, seen.left], [true, false, "removed", true, 0]);
  assert.match(seen.docs, /ERRORS\.md#removed$/);
});

onSite("what goes over the wire can be watched on an open connection, until nobody looks", { servers: ["embedded"] }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    await client.ready();
    const stop = new AbortController();
    const frames = client.frames({ signal: stop.signal });
    await client.request("sessions.list", {});
    const seen = [];
    while (seen.at(-1)?.frame.type !== "res") seen.push((await frames.next()).value);
    stop.abort();
    await client.request("health", {});
    return { seen, isOver: (await frames.next()).done };
  });
  const [{ frame: asked, direction }] = seen.seen.filter(({ frame }) => frame.type === "req");
  const { frame: answer, bytes } = seen.seen.at(-1);
  assert.deepEqual([asked.method, direction, answer.id, answer.ok], ["sessions.list", "out", asked.id, true]);
  assert.ok(bytes > 50);
  assert.ok(seen.isOver);
});

onSite("the token and the proof of a handshake are not shown", {}, async ({ page, server }) => {
  const seen = await page.evaluate(async () => {
    client.close();
    const frames = client.frames();
    client.connect();
    const seen = [];
    for await (const one of frames) {
      seen.push(one);
      if (one.frame?.payload?.type === "hello-ok") return JSON.stringify(seen);
    }
  });
  const connect = JSON.parse(seen).find(({ frame }) => frame.method === "connect").frame.params;
  const secrets = [connect.device?.signature, ...Object.values(connect.auth ?? {})].filter((value) => value !== undefined);
  assert.ok(secrets.length > 1);
  assert.ok(secrets.every((value) => value === "[redacted]"), `${secrets}`);
  assert.ok(!seen.includes(server.token), "the token was shown");
});

onSite("a call that lacks its scope is refused here, with the scope's name and the way to get it", {}, async ({ page }) => {
  const why = await page.evaluate(async () => {
    await client.ready();
    const { code, message, advice, sent } = await client.request("device.pair.list").catch((why) => why);
    return { code, message, advice, sent };
  });
  assert.deepEqual([why.code, why.sent], ["MISSING_SCOPE", false]);
  assert.match(why.message, /operator\.pairing/);
  assert.match(why.advice, /scopes/);
});

onSite("a chat by another name of its session shows it, and one that is closed leaves nothing behind", { servers: ["embedded"] }, async ({ page, context }) => {
  const seen = await page.evaluate(async () => {
    await client.ready();
    const chat = client.chat("main");
    await chat.send("by another name").confirmed;
    for await (const { items, runs } of chat.changes()) if (runs.length === 0 && items.length >= 2) break;
    const { sessionKey, items, outbox } = chat.state;
    globalThis.left = Array.from({ length: 20 }, () => {
      const one = client.chat("main");
      one.close();
      return new WeakRef(one);
    });
    chat.close();
    return { sessionKey, roles: items.map(({ role }) => role), outbox };
  });
  assert.deepEqual(seen, { sessionKey: "agent:main:main", roles: ["user", "assistant"], outbox: [] });
  const cdp = await context.newCDPSession(page);
  await until("closed chats are collected", async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    return page.evaluate(() => left.filter((one) => one.deref() !== undefined).length === 0);
  });
});

onSite("a chat that is opened without a connection shows what waits in its session", { servers: ["embedded"] }, async ({ page }) => {
  const waiting = await page.evaluate(async () => {
    await client.ready();
    client.close();
    await client.send("to the main session").stored;
    return client.chat().state.outbox.map(({ text }) => text);
  });
  assert.deepEqual(waiting, ["to the main session"]);
});

onSite("of two messages with one key the first is sent, the second refused, and an empty one never leaves", { servers: ["embedded"] }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const codeOf = ({ code }) => code;
    await client.ready();
    const params = { sessionKey: "agent:main:main", message: "once", idempotencyKey: crypto.randomUUID() };
    const [first, second] = [client.enqueue("chat.send", params), client.enqueue("chat.send", params)];
    const refused = await second.confirmed.catch(codeOf);
    await first.confirmed;
    return { refused, state: first.state, empty: await client.send("  ").stored.catch(codeOf), left: client.entries().length };
  });
  assert.deepEqual(seen, { refused: "key-in-use", state: "confirmed", empty: "invalid-params", left: 0 });
});

onSite("a client that is disposed leaves no promise open, and does not come back", { servers: ["embedded"] }, async ({ page }) => {
  const seen = await page.evaluate(async () => {
    const codeOf = ({ code }) => code;
    await client.ready();
    client.close();
    const sent = client.send("for the next one");
    await sent.stored;
    const confirmed = sent.confirmed.catch(codeOf);
    client.on("status", ({ status }) => status === "closed" && client[Symbol.asyncDispose]());
    client.connect();
    await client.ready();
    client.close();
    await new Promise((later) => setTimeout(later));
    const next = [client.request("health").catch(codeOf), client.send("x").stored.catch(codeOf)];
    return [await confirmed.then((code) => code ?? "confirmed"), ...(await Promise.all(next))];
  });
  assert.match(seen[0], /closed|confirmed/);
  assert.deepEqual(seen.slice(1), ["closed", "closed"]);
});

scenario("a module that does not load at first costs no words", { servers: ["embedded"] }, async ({ page, server, complaints }) => {
  complaints.expect(/clawline_bg|ERR_FAILED/);
  const site = await packageSite();
  try {
    let isDown = true;
    await page.route("**/clawline_bg.wasm", (route) => (isDown ? route.abort() : route.continue()));
    await page.goto(site.url);
    await page.waitForFunction(() => globalThis.start);
    const code = await page.evaluate(
      async (options) => {
        start(options);
        globalThis.chat = client.chat();
        globalThis.sent = chat.send("typed on a train");
        return client.ready().catch(({ code }) => code);
      },
      { url: server.gateway, auth: { token: server.token } },
    );
    assert.equal(code, "wasm");
    isDown = false;
    const words = await page.evaluate(async () => {
      client.connect();
      await sent.confirmed;
      for await (const { items, runs } of chat.changes()) if (runs.length === 0 && items.length >= 2) return clawline.textOf(items[0].message);
    });
    assert.equal(words, "typed on a train");
  } finally {
    await site.stop();
  }
});

scenario("a module that two downloads in a row do not deliver is asked for again, and nobody has to do anything", { servers: ["embedded"] }, async ({ page, server, complaints }) => {
  complaints.expect(/ERR_FAILED/);
  const site = await packageSite();
  try {
    let lost = 0;
    await page.route("**/clawline_bg.wasm", (route) => (++lost <= 2 ? route.abort() : route.continue()));
    await page.goto(site.url);
    await page.waitForFunction(() => globalThis.start);
    const status = await page.evaluate(
      async (options) => {
        start(options);
        const sent = client.send("typed meanwhile");
        await client.ready();
        await sent.confirmed;
        return client.status.status;
      },
      { url: server.gateway, auth: { token: server.token } },
    );
    assert.equal(status, "ready");
    assert.equal(lost, 3);
  } finally {
    await site.stop();
  }
});

scenario("the tab with the connection may unsubscribe while another one follows, and is answered", { servers: ["embedded"] }, async ({ page, context, server }) => {
  const site = await packageSite();
  const options = { url: server.gateway, auth: { token: server.token } };
  const key = "agent:main:main";
  try {
    const other = await context.newPage();
    for (const tab of [page, other]) {
      await tab.goto(site.url);
      await tab.waitForFunction(() => globalThis.start);
      await tab.evaluate(async ([options, key]) => {
        start(options);
        await client.ready();
        await client.request("sessions.messages.subscribe", { key });
      }, [options, key]);
    }
    const answer = await page.evaluate((key) => client.request("sessions.messages.unsubscribe", { key }), key);
    assert.equal(answer.subscribed, false);
    await other.evaluate(() => (globalThis.heard = client.events("session.message")));
    await other.evaluate(() => client.request("chat.send", { sessionKey: "agent:main:main", message: "still here", idempotencyKey: crypto.randomUUID() }));
    assert.equal(await other.evaluate(async () => (await heard.next()).value.payload.sessionKey), key);
  } finally {
    await site.stop();
  }
});

scenario("a tab that was forgotten for a while is told what became of its messages", { servers: ["embedded"] }, async ({ page, context, server }) => {
  const site = await packageSite();
  const options = { url: server.gateway, auth: { token: server.token } };
  try {
    const other = await context.newPage();
    for (const tab of [page, other]) {
      await tab.goto(site.url);
      await tab.waitForFunction(() => globalThis.start);
      await tab.evaluate((options) => (start(options), client.ready()), options);
    }
    const state = await other.evaluate(async () => {
      const { held } = await navigator.locks.query();
      const group = new BroadcastChannel(held.find(({ name }) => name.endsWith("/tabs-1")).name);
      // As if this tab had been silent for too long: the one that leads tells it nothing more.
      group.onmessage = ({ data }) => data.kind === "wrote" && group.postMessage({ kind: "bye", tab: data.tab });
      const sent = client.send("does anybody hear me?");
      await sent.confirmed;
      return sent.state;
    });
    assert.equal(state, "confirmed");
  } finally {
    await site.stop();
  }
});

/** Ways of breaking the module; each is called in the page. */
const BREAKS = {
  "its call traps": () =>
    import("/clawline/lib/wasm.js").then(({ enter }) => {
      enter(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    }),
  // What a polyfill throws in the middle of a call leaves it half done: the next one panics.
  "it panics in a callback": () => {
    const { set } = Map.prototype;
    Map.prototype.set = function (key, value) {
      if (value?.params !== undefined) throw new Error("a polyfill's");
      return set.call(this, key, value);
    };
    client.send("never taken").stored.catch(() => {});
    Map.prototype.set = set;
  },
};

for (const [how, act] of Object.entries(BREAKS)) {
  onSite(`when ${how}, the client says crashed, nobody waits for ever, and a reload loses nothing`, { servers: ["embedded"] }, async ({ page, server, complaints }) => {
    complaints.expect(/panicked|unreachable/);
    await page.evaluate(async () => {
      await client.ready();
      await client.send("typed before the crash").stored;
      globalThis.codeOf = ({ code }) => code;
      globalThis.stream = client.events("heartbeat").next();
      globalThis.told = new Promise((resolve) => client.on("status", ({ status, cause }) => status === "crashed" && resolve(cause)));
    });
    // Not waited for: it may be answered, or not.
    await page.evaluate(() => void (globalThis.waiting = client.request("agent.wait", { runId: crypto.randomUUID() }).catch(codeOf)));
    await page.evaluate(act).catch(() => {});
    const seen = await page.evaluate(async () => {
      const next = client.request("health", {}).catch(codeOf);
      const cause = await told;
      return {
        cause,
        codes: [await next, await client.request("health", {}).catch(codeOf), await client.ready().catch(codeOf), await client.send("x").stored.catch(codeOf)],
        waited: (await waiting, true),
        ended: (await stream).done,
        status: client.status.status,
      };
    });
    assert.equal(seen.cause.code, "crashed");
    assert.match(seen.cause.advice, /Reload/);
    assert.deepEqual(seen.codes, Array(4).fill("crashed"));
    assert.deepEqual([seen.waited, seen.ended, seen.status], [true, true, "crashed"]);
    await page.reload();
    await page.waitForFunction(() => globalThis.start);
    await page.evaluate((options) => start(options), { url: server.gateway, auth: { token: server.token } });
    await until("the message is sent after the reload", () => page.evaluate(() => client.status.status === "ready" && client.entries().length === 0));
    const rows = await page.evaluate(async () => (await client.request("chat.history", { sessionKey: "main" })).messages);
    assert.equal(rows.filter(({ role }) => role === "user").length, 1);
  });
}
