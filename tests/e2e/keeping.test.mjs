// What was typed is never lost.
import assert from "node:assert/strict";
import { historyRows, scenario, until } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";

const EMBEDDED = { servers: ["embedded"] };
const IN_BOTH = { ...EMBEDDED, firefox: ["embedded"] };

/** Makes it possible to say that nobody looks at a page: the browser's own pages are all in view. */
async function canBeHidden(context) {
  await context.addInitScript(() => {
    let isHidden = false;
    Object.defineProperty(document, "hidden", { get: () => isHidden });
    globalThis.hide = (hidden) => {
      isHidden = hidden;
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    };
  });
}

scenario("what waits to be sent survives a reload, and goes out once", IN_BOTH, async ({ chat, page, context }) => {
  const line = await plug(context);
  await chat.connect();
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await chat.send("waits over a reload");
  await chat.reaches("waits over a reload", "queued");
  await chat.hasWritten();
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
  "a message that left without an answer is checked after a reload, and found in the history",
  EMBEDDED,
  async ({ chat, page, context, server }) => {
    const line = await plug(context);
    await page.addInitScript(() => {
      const look = () => (globalThis.wasInDoubt ||= document.querySelector('[data-state="unconfirmed"]') !== null);
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    });
    await chat.connect();
    line.mode = "deaf";
    await chat.send("did you get this?");
    await chat.reaches("did you get this?", "sending");
    await until("the gateway got it", async () => (await historyRows(server, "did you get this?")).rows.length > 0);
    await line.pull();
    await chat.hasStatus("Reconnecting");
    await page.reload();
    await chat.reaches("did you get this?", "sending");
    await page.getByText("Checking whether it arrived").waitFor();
    line.mode = "through";
    await chat.hasStatus("Connected");
    await chat.reaches("did you get this?", "confirmed");
    assert.equal((await chat.said("You", "did you get this?")).length, 1);
    await page.reload();
    await chat.hasStatus("Connected");
    await chat.reaches("did you get this?", "confirmed");
    assert.equal((await chat.said("You", "did you get this?")).length, 1);
    assert.ok(!(await page.evaluate(() => globalThis.wasInDoubt)), "this gateway's keys are durable: there is no doubt");
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

scenario("what is typed in one tab is shown, changed and taken back in another", IN_BOTH, async ({ chat, page, context, newTab, server }) => {
  const line = await plug(context);
  await chat.connect();
  const other = await newTab();
  await other.connect();
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await chat.send("first words");
  await chat.send("taken back");
  await other.reaches("first words", "queued");
  await other.reaches("taken back", "queued");
  await other.own("taken back").getByRole("button", { name: "Discard" }).click();
  await chat.own("first words").getByRole("button", { name: "Edit" }).click();
  const field = page.getByRole("textbox", { name: "Edit message" });
  assert.equal(await field.inputValue(), "first words");
  await field.fill("better words");
  await field.press("Enter");
  await chat.reaches("better words", "queued");
  await other.reaches("better words", "queued");
  // The gateway comes back no sooner than the tab that sends knows of both: they would race.
  await chat.own("taken back").waitFor({ state: "detached" });
  await other.page.close();
  line.mode = "through";
  await chat.reaches("better words", "confirmed");
  assert.equal((await chat.said("You", "words")).length, 1);
  assert.equal((await chat.said("You", "taken back")).length, 0);
  assert.equal((await historyRows(server, "taken back")).rows.length, 0);
});

scenario("a message that was refused is changed and sent, in its place", EMBEDDED, async ({ chat, page, context }) => {
  const line = await plug(context);
  await chat.connect();
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await chat.send("like this");
  await chat.send("waits behind it");
  line.mode = "refusing";
  await chat.reaches("like this", "parked");
  await page.getByText("Not like this.").waitFor();
  await chat.reaches("waits behind it", "queued");
  line.mode = "through";
  await chat.send("typed after that");
  await chat.reaches("typed after that", "confirmed");
  await chat.own("like this").getByRole("button", { name: "Edit" }).click();
  const field = page.getByRole("textbox", { name: "Edit message" });
  await field.press("Escape");
  await field.waitFor({ state: "detached" });
  await chat.own("like this").getByRole("button", { name: "Edit" }).click();
  await field.fill("like that");
  await page.getByRole("button", { name: "Save" }).click();
  await chat.reaches("like that", "confirmed");
  await chat.reaches("waits behind it", "confirmed");
  const texts = (await chat.messages()).filter(({ who }) => who === "You").map(({ text }) => text);
  assert.deepEqual(texts.map((text) => text.split("\n")[0]), ["typed after that", "like that", "waits behind it"]);
});

scenario(
  "what the gateway cannot vouch for is shown as such, over a reload too, and a person sends it again, changed or not",
  { servers: ["openclaw"] },
  async ({ chat, page, context, server }) => {
    const mark = crypto.randomUUID().slice(0, 8);
    const line = await plug(context);
    await chat.connect();
    const lose = async (text) => {
      line.mode = "swallowing";
      await chat.send(text);
      await chat.reaches(text, "sending");
      await server.kill();
      await line.pull();
      await server.restart();
      line.mode = "through";
      await chat.reaches(text, "unconfirmed", { within: 90_000 });
    };
    await lose(`first ${mark}`);
    await chat.own(`first ${mark}`).getByText("the gateway cannot say whether it arrived").waitFor();
    await page.reload();
    await chat.reaches(`first ${mark}`, "unconfirmed");
    await chat.own(`first ${mark}`).getByRole("button", { name: "Send again" }).click();
    await chat.reaches(`first ${mark}`, "confirmed", { within: 60_000 });
    await chat.idle({ within: 60_000 });
    await lose(`second ${mark}`);
    await chat.own(`second ${mark}`).getByRole("button", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Edit message" }).fill(`third ${mark}`);
    await page.getByRole("button", { name: "Save" }).click();
    await chat.reaches(`third ${mark}`, "confirmed", { within: 60_000 });
    await chat.idle({ within: 60_000 });
    const users = async (text) => (await historyRows(server, text)).rows.filter(({ role }) => role === "user").length;
    assert.deepEqual([await users(`first ${mark}`), await users(`second ${mark}`), await users(`third ${mark}`)], [1, 0, 1]);
  },
);

scenario("two tabs share a draft; when both type at once the other words can be had back", IN_BOTH, async ({ chat, page, newTab }) => {
  await chat.connect();
  const other = await newTab();
  // It writes when it loses the focus, and not before: the first tab can write meanwhile.
  await other.page.addInitScript(() => {
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (act, wait, ...more) => setTimeout(act, wait === 250 ? 600_000 : wait, ...more);
  });
  await other.connect();
  const holds = (tab, text) => until(`the field holds “${text}”`, async () => (await tab.message.inputValue()) === text);
  await chat.message.fill("half a thought");
  await holds(other, "half a thought");
  await other.message.fill("half a thought, and the rest");
  await other.message.blur();
  await holds(chat, "half a thought, and the rest");
  await other.message.fill("of the second tab");
  await chat.message.fill("of the first tab");
  await chat.message.blur();
  await until("the other tab has heard of it", async () =>
    other.page.evaluate(() => Object.values(localStorage).some((text) => text.includes("of the first tab"))));
  await other.message.blur();
  await holds(chat, "of the second tab");
  assert.equal(await other.message.inputValue(), "of the second tab");
  await other.page.getByText("Another tab had other words here.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await holds(chat, "of the first tab");
  await holds(other, "of the first tab");
  await page.reload();
  await holds(chat, "of the first tab");
  await page.getByRole("button", { name: "Undo" }).click();
  await holds(chat, "of the second tab");
  await page.getByRole("button", { name: "Keep these" }).click();
  await other.page.getByRole("button", { name: "Undo" }).waitFor({ state: "detached" });
  await chat.isReady();
  await chat.sendButton.click();
  await chat.reaches("of the second tab", "confirmed");
  await holds(other, "");
});

scenario("what arrives while no tab is looked at is unread, until one is", IN_BOTH, async ({ chat, page, context, newTab }) => {
  await canBeHidden(context);
  await chat.connect();
  const other = await newTab();
  await other.connect();
  const both = [page, other.page];
  const titled = (title) =>
    until(`both are titled “${title}”`, async () => (await Promise.all(both.map((page) => page.title()))).every((one) => one === title));
  // Before it is sent: its answer could be seen otherwise.
  await Promise.all(both.map((page) => page.evaluate(() => hide(true))));
  await chat.send("say something");
  await titled("(1) clawline");
  await other.page.evaluate(() => hide(false));
  await titled("clawline");
  await other.log.getByText("New messages").waitFor();
  assert.equal(await chat.log.getByText("New messages").count(), 0);
  await other.send("seen");
  await other.log.getByText("New messages").waitFor({ state: "detached" });
});

scenario("what the browser has no room to keep is said, not dropped in silence", EMBEDDED, async ({ chat, page }) => {
  await chat.connect();
  await chat.message.fill("x".repeat(500_000));
  await chat.message.blur();
  await page.getByText("no room for a draft like this").waitFor();
  await chat.message.fill("short");
  await chat.message.blur();
  await page.getByText("no room for a draft like this").waitFor({ state: "detached" });
});

scenario("a browser that keeps nothing says so, and sends all the same", EMBEDDED, async ({ chat, page, context }) => {
  const line = await plug(context);
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("Not in this window.", "SecurityError");
    };
  });
  await chat.connect();
  await page.getByText(/is lost when you close/).waitFor();
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await chat.send("nowhere to be kept");
  await chat.reaches("nowhere to be kept", "queued");
  let asked = false;
  page.on("dialog", (dialog) => {
    asked = dialog.type() === "beforeunload";
    return dialog.dismiss();
  });
  await page.close({ runBeforeUnload: true });
  await until("the browser asks", () => asked);
  line.mode = "through";
  await chat.reaches("nowhere to be kept", "confirmed");
});

scenario("what somebody else wrote into the storage does no harm", EMBEDDED, async ({ chat, page, server }) => {
  const garbage = ["null", "{", "5", "[1]", "[0,true,null,[1,2],[\"k\",\"t\",0,\"?\"]]", "[\"x\",true]"];
  await chat.connect();
  await page.evaluate(
    ([gateway, garbage]) => {
      garbage.forEach((value, index) => localStorage.setItem(`clawline.files:${index}`, value));
      localStorage.setItem(`clawline.conversation:${gateway}`, garbage[0]);
      localStorage.setItem(`clawline.draft-undo:${gateway}|main`, garbage[1]);
      localStorage.setItem(`clawline.seen:${gateway}|main`, "never");
    },
    [server.gateway, garbage],
  );
  await page.reload();
  await chat.connect();
  await chat.send("in spite of it");
  await chat.reaches("in spite of it", "confirmed");
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
  await chat.hasWritten();
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
