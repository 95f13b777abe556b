// What an app is told of its connection when it does not ask.
import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayClient, codeOf, connected, connecting, warnings } from "./harness/index.mjs";

const PAUSED = { status: "paused", cause: { code: "AUTH_TOKEN_MISMATCH", message: "The token is wrong.", advice: "Ask for another one." } };
const PAIRING = { status: "pairing", requestId: "4c3ee356-1fab", message: "The device waits for approval.", advice: "Type: openclaw devices approve 4c3ee356-1fab" };

test("ready() without connect() says so", async () => {
  const client = new GatewayClient({ url: "ws://127.0.0.1:1" });
  const why = await client.ready().catch((why) => why);
  assert.equal(why.code, "not-connected");
  assert.match(why.advice, /connect\(\)/);
});

test("ready() waits for a connect() that follows at once", async () => {
  const client = new GatewayClient({ url: "ws://127.0.0.1:1" });
  const ready = client.ready();
  client.connect();
  let said = "nothing";
  ready.then(() => {}, (why) => (said = why.code));
  await new Promise((later) => setImmediate(later));
  assert.equal(said, "nothing");
  client.close();
  await assert.rejects(ready, { code: "closed" });
});

test("a client that stops where nobody listens says so on the console, once", async (t) => {
  const said = warnings(t);
  const { raw } = await connecting();
  raw.notify("status", PAUSED);
  raw.notify("status", PAUSED);
  assert.deepEqual(said, ["clawline: The token is wrong. Ask for another one. (AUTH_TOKEN_MISMATCH)"]);
});

test("a client that waits for approval says so, with the command, also while ready() waits", async (t) => {
  const said = warnings(t);
  const { client, raw } = await connecting();
  client.ready().catch(() => {});
  raw.notify("status", PAIRING);
  assert.equal(said.length, 1);
  assert.match(said[0], /waits for approval.*openclaw devices approve 4c3ee356-1fab/);
});

test("a gateway that never answered is told of after some attempts, one that was there is not", async (t) => {
  const said = warnings(t);
  const waiting = (attempt, again) => ({ status: "waiting", attempt, again, retryInMs: 1, cause: { code: "1006", message: "Nobody answers.", advice: "Look." } });
  const { raw } = await connecting();
  raw.notify("status", waiting(1, false));
  raw.notify("status", waiting(9, true));
  assert.deepEqual(said, []);
  raw.notify("status", waiting(3, false));
  assert.deepEqual(said, ["clawline: Nobody answers. Look. (1006)"]);
});

const HEARERS = {
  "a listener": ({ client }) => client.on("status", () => {}),
  "an event listener": ({ client }) => client.addEventListener("status", () => {}),
  "who waits in ready()": ({ client }) => client.ready().catch(() => {}),
};

for (const [who, hear] of Object.entries(HEARERS)) {
  test(`the console is left alone where there is ${who}`, async (t) => {
    const said = warnings(t);
    const pair = await connecting();
    hear(pair);
    pair.raw.notify("status", PAUSED);
    assert.deepEqual(said, []);
  });
}

test("the console is left alone where there is a logger, and not where a listener has gone", async (t) => {
  const said = warnings(t);
  const { raw } = await connecting({ logger: () => {} });
  raw.notify("status", PAUSED);
  assert.deepEqual(said, []);
  const other = await connecting();
  other.client.on("status", () => {})();
  other.raw.notify("status", PAUSED);
  assert.equal(said.length, 1);
});

test("a chat of the app is no listener", async (t) => {
  const said = warnings(t);
  const { client, raw } = await connecting();
  client.chat();
  client.sessions();
  raw.notify("status", PAUSED);
  assert.equal(said.length, 1);
});

test("connect() after the client was disposed of says closed", async () => {
  const { client } = await connected();
  await client[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]();
  assert.throws(() => client.connect(), { code: "closed", advice: /another/ });
});

test("the address and the sign-in are asked for one by one", async () => {
  const asked = [];
  const { raw } = await connecting({ url: () => (asked.push("url"), new URL("ws://127.0.0.1:2/x")), auth: async () => (asked.push("auth"), { token: "t" }) });
  assert.equal(await raw.ask("url"), "ws://127.0.0.1:2/x");
  assert.deepEqual(asked, ["url"]);
  assert.deepEqual(await raw.ask("auth"), { token: "t" });
  assert.deepEqual(asked, ["url", "auth"]);
});

test("an address without its scheme is refused, at the call or when it is asked for", async () => {
  for (const url of ["127.0.0.1:18789", "localhost:18789", "gateway.example.org/claw"]) {
    assert.throws(() => new GatewayClient({ url }), { name: "TypeError", message: /ws:\/\// });
    const { raw } = await connecting({ url: () => url });
    await assert.rejects(raw.ask("url"), { name: "TypeError", message: /ws:\/\// });
  }
  for (const url of ["wss://h", "https://h/x", " ws://h\n", new URL("ws://h")]) new GatewayClient({ url });
});

test("a path means one of the page, where there is one", async () => {
  assert.throws(() => new GatewayClient({ url: "/gateway" }), { name: "TypeError", message: /no page/ });
  globalThis.location = new URL("https://example.org/claw/index.html#here");
  try {
    for (const [url, meant] of [["/gateway", "wss://example.org/gateway"], ["./gateway?a=b", "wss://example.org/claw/gateway?a=b"], ["//h:1/x", "wss://h:1/x"], [" ws://h ", "ws://h"]]) {
      const { raw } = await connecting({ url: () => url });
      assert.equal(await raw.ask("url"), meant);
    }
  } finally {
    delete globalThis.location;
  }
});

test("a function that fails, or gives no address, is told to the module", async () => {
  const { raw } = await connecting({ url: () => undefined, auth: () => Promise.reject(new Error("no session")) });
  await assert.rejects(raw.ask("url"), /`url`/);
  await assert.rejects(raw.ask("auth"), /no session/);
});

test("one listener given twice is removed one at a time", async () => {
  const { client, raw } = await connected();
  const heard = [];
  const listener = () => heard.push(1);
  for (const listen of [(l) => client.listen("tick", l), (l) => client.on("gap", l), (l) => client.chat().subscribe(l)]) {
    heard.length = 0;
    const [first, second] = [listen(listener), listen(listener)];
    first();
    first();
    raw.event("tick", {});
    raw.notify("gap");
    raw.chats.at(-1)?.changed();
    const kept = heard.length;
    second();
    raw.event("tick", {});
    raw.notify("gap");
    raw.chats.at(-1)?.changed();
    assert.equal(heard.length, kept);
    assert.ok(kept >= 1, `${listen}`);
  }
});

test("an unknown error keeps its words in JSON", async () => {
  const { client } = await connected();
  const why = await client.request("device.pair.list").catch((why) => why);
  const said = JSON.parse(JSON.stringify(why));
  assert.deepEqual([said.name, said.code, said.sent, said.accepted], ["GatewayError", "MISSING_SCOPE", false, false]);
  assert.match(said.message, /operator\.pairing/);
  assert.match(said.advice, /scopes/);
  assert.match(said.docsUrl, /missing_scope$/);
  assert.equal(codeOf(why), "MISSING_SCOPE");
});
