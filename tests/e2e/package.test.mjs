// The npm package in somebody else's page, under a strict policy of its own.
import assert from "node:assert/strict";
import { SERVERS, packageSite, scenario, until } from "./harness/index.mjs";

/** A scenario in which the page is a site with the package on it. */
function onSite(name, options, act) {
  scenario(name, options, async (stage) => {
    const site = await packageSite();
    try {
      await stage.page.goto(site.url);
      await stage.page.waitForFunction(() => globalThis.clawline);
      await act(stage);
      await stage.page.evaluate(() => globalThis.client?.close());
    } finally {
      await site.stop();
    }
  });
}

/** Connects in the page; the client is `globalThis.client` there. */
function connect({ page, server }) {
  return page.evaluate(
    async ([url, token]) => {
      const client = new clawline.GatewayClient({ url, auth: { token }, displayName: "a site" });
      globalThis.client = client;
      globalThis.statuses = [client.status.status];
      client.on("status", ({ status }) => statuses.push(status));
      client.connect();
      await client.ready();
    },
    [server.gateway, server.token],
  );
}

onSite(
  "a client connects, says who answered, asks, hears events, and closes",
  { firefox: SERVERS },
  async ({ page, server }) => {
    await connect({ page, server });
    const seen = await page.evaluate(async () => {
      const { hello, status } = client;
      const { sessions } = await client.request("sessions.list", {});
      return {
        status: status.status,
        statuses: [...new Set(statuses)],
        version: hello.server.version,
        scopes: hello.auth.scopes,
        main: hello.snapshot.sessionDefaults.mainSessionKey,
        sessions: sessions.length,
      };
    });
    assert.equal(seen.status, "ready");
    assert.equal(seen.statuses[0], "idle");
    assert.equal(seen.statuses.at(-1), "ready");
    assert.ok(seen.scopes.includes("operator.write"));
    assert.equal(seen.main, "agent:main:main");
    assert.match(seen.version, /^\d/);
    assert.ok(Number.isInteger(seen.sessions));

    const heard = await page.evaluate(async (sessionKey) => {
      await client.request("sessions.messages.subscribe", { key: sessionKey });
      const idempotencyKey = crypto.randomUUID();
      const texts = [];
      const listening = (async () => {
        for await (const { payload, lagged } of client.events("chat")) {
          if (payload.runId === idempotencyKey) {
            texts.push(payload.message?.content?.[0]?.text ?? "");
            if (lagged > 0) texts.push(`lagged ${lagged}`);
            if (payload.state === "final") return payload.state;
          }
        }
      })();
      const message = "tell the site [chunks:8:100]";
      const ack = await client.request("chat.send", { sessionKey, message, idempotencyKey });
      return { ack, end: await listening, texts, isSame: ack.runId === idempotencyKey };
    }, seen.main);
    assert.equal(heard.ack.status, "started");
    assert.ok(heard.isSame);
    assert.equal(heard.end, "final");
    assert.ok(new Set(heard.texts).size >= 2, `${heard.texts}`);
    assert.equal(heard.texts.at(-1), "w1 w2 w3 w4 w5 w6 w7 w8");

    const refused = await page.evaluate(() =>
      client.request("no.such.method", {}).then(
        () => "answered",
        (error) => ({ isError: error instanceof clawline.GatewayError, code: error.code, sent: error.sent }),
      ),
    );
    assert.equal(refused.isError, true);
    assert.equal(refused.sent, true);
    assert.equal(refused.code, "unknown-method");

    const end = await page.evaluate(async () => {
      const events = client.events("tick");
      const next = events.next();
      client.close();
      const { done } = await next;
      return { done, status: client.status.status };
    });
    assert.deepEqual(end, { done: true, status: "closed" });
    await until("the socket is gone", async () => {
      const { open } = await server.counters();
      return server.kind === "embedded" || open === 0;
    });
  },
);

onSite("agent answers twice under one id: accepted at once, the result later", {}, async ({ page, server, world }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  await connect({ page, server });
  const { order, accepted, final } = await page.evaluate(async (message) => {
    const order = [];
    let accepted;
    const params = { message, sessionKey: "agent:main:main", idempotencyKey: crypto.randomUUID() };
    const final = await client.request("agent", params, {
      expectFinal: true,
      finalTimeoutMs: 60_000,
      onAccepted(payload) {
        order.push("accepted");
        accepted = payload;
      },
    });
    order.push("final");
    return { order, accepted, final, key: params.idempotencyKey };
  }, `work for the site ${mark} [chunks:5:50]`);
  assert.deepEqual(order, ["accepted", "final"]);
  assert.equal(accepted.status, "accepted");
  assert.equal(final.status, "ok");
  assert.equal(final.runId, accepted.runId);
  assert.equal(final.summary, "completed");
  if (server.kind === "openclaw") {
    assert.equal((await world.modelCalls(mark)).length, 1);
  }

  const only = await page.evaluate((message) => {
    const params = { message, sessionKey: "agent:main:main", idempotencyKey: crypto.randomUUID() };
    return client.request("agent", params);
  }, `once more ${mark} [chunks:2:20]`);
  // It would take in a message of the next scenario.
  await page.evaluate((runId) => client.request("agent.wait", { runId }), only.runId);
  assert.equal(only.status, "accepted", "without expectFinal the first answer is the answer");
});

onSite("a message of the outbox survives that the gateway is killed", { servers: ["embedded"] }, async ({ page, server }) => {
  await connect({ page, server });
  await server.kill();
  await page.waitForFunction(() => client.status.status !== "ready");
  await page.evaluate(async () => {
    globalThis.states = [];
    // Subscriptions end with the connection, so an app asks again for what it follows.
    client.on("status", ({ status }) => {
      if (status === "ready") client.request("sessions.messages.subscribe", { key: "agent:main:main" });
    });
    client.on("outbox", ({ state }) => states.push(state));
    const sent = client.send("from the site, later");
    await sent.stored;
    globalThis.key = sent.key;
  });
  await server.restart();
  await page.waitForFunction(() => states.includes("confirmed"));
  const rows = await page.evaluate(async () => {
    const { messages } = await client.request("chat.history", { sessionKey: "agent:main:main", limit: 50 });
    return messages.filter(({ idempotencyKey }) => idempotencyKey === `${key}:user`).length;
  });
  assert.equal(rows, 1);
});
