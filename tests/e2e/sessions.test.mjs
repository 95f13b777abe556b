// The list of sessions: another conversation, its marks, its name, its end.
import assert from "node:assert/strict";
import { scenario, until } from "./harness/index.mjs";

const PHONE = { width: 390, height: 844 };

/** The list as a person sees it. */
class List {
  constructor(page) {
    this.page = page;
    this.nav = page.getByRole("navigation", { name: "Conversations", exact: true });
    this.create = this.nav.getByRole("button", { name: "New conversation", exact: true });
    this.archived = this.nav.getByRole("button", { name: "Archived", exact: true });
    this.undo = page.getByRole("button", { name: "Undo", exact: true });
  }

  item(text) {
    return this.nav.getByRole("listitem").filter({ hasText: text });
  }

  link(text) {
    return this.item(text).getByRole("link");
  }

  /** Does something with a session. */
  async act(text, action) {
    await this.item(text).getByRole("button", { name: /^Actions for / }).click();
    await this.item(text).getByRole("button", { name: action, exact: true }).click();
  }

  async titles() {
    const links = await this.nav.getByRole("link").allInnerTexts();
    return links.map((text) => text.split("\n")[0]);
  }

  /** The text of the session that is shown. */
  current() {
    return this.nav.locator("[aria-current]").innerText();
  }
}

/** Begins a conversation with one click, and says something in it. */
async function begin(chat, list, words) {
  const before = chat.page.url();
  await list.create.click();
  // The one before may be empty too: the address says when it has begun.
  await until("another one has begun", async () => chat.page.url() !== before, { within: 60_000 });
  await chat.log.getByRole("heading", { name: "Say hello" }).waitFor();
  await chat.send(words);
  await chat.reaches(words, "confirmed", { within: 60_000 });
  await chat.idle({ within: 60_000 });
}

scenario("a new conversation is one click, and each keeps its own words, name and place", {}, async ({ chat, page, frames, newTab }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const list = new List(page);
  await chat.connect();
  await list.link("Main conversation").waitFor();
  await begin(chat, list, `one ${mark}`);
  await until("it is shown", async () => (await list.current()).includes(`one ${mark}`));
  await begin(chat, list, `two ${mark}`);
  await list.link(`two ${mark}`).waitFor();
  await chat.message.click();
  await until("the newest is first", async () => {
    const titles = await list.titles();
    const [two, one] = ["two", "one"].map((word) => titles.findIndex((title) => title.includes(`${word} ${mark}`)));
    return two >= 0 && two < one;
  });
  assert.equal(await list.item(`two ${mark}`).locator("time").count(), 1);

  // Away while it writes, and back: nothing is lost, and the mark says that it writes.
  await chat.send(`count ${mark} [chunks:60:100]`);
  await chat.reaches(`count ${mark}`, "confirmed", { within: 60_000 });
  await list.link(`one ${mark}`).click();
  await chat.reaches(`one ${mark}`, "confirmed");
  assert.equal((await chat.said("You", `count ${mark}`)).length, 0);
  await list.link(`two ${mark}`).filter({ hasText: "Writing…" }).waitFor();
  await chat.message.fill("a draft of the first");
  await list.link(`two ${mark}`).click();
  await chat.reaches(`count ${mark}`, "confirmed", { within: 60_000 });
  assert.equal(await chat.message.inputValue(), "");
  await chat.idle({ within: 60_000 });
  await list.link(`two ${mark}`).filter({ hasText: "Writing…" }).waitFor({ state: "detached" });

  // Back and forward go between them, and the address names one.
  await page.goBack();
  await chat.reaches(`one ${mark}`, "confirmed");
  assert.equal(await chat.message.inputValue(), "a draft of the first");
  const address = page.url();
  assert.match(address, /#session=agent/);
  await page.goForward();
  await chat.reaches(`two ${mark}`, "confirmed");
  await page.goto(address);
  await chat.reaches(`one ${mark}`, "confirmed");

  await list.act(`one ${mark}`, "Rename");
  const name = list.nav.getByRole("textbox", { name: "Name of the conversation" });
  await name.fill(`Renamed ${mark}`);
  await name.press("Enter");
  await list.link(`Renamed ${mark}`).waitFor();
  await list.act(`Renamed ${mark}`, "Pin");
  await until("what is pinned is first", async () => (await list.titles())[0] === `Renamed ${mark}`);
  await until("the pin has left", () => frames.some(({ direction, text }) => direction === "sent" && text.includes('"pinned":true')));
  await page.reload();
  await chat.reaches(`one ${mark}`, "confirmed", { within: 60_000 });
  await until("it stays so", async () => (await list.titles())[0] === `Renamed ${mark}`);
  assert.match(await list.current(), new RegExp(`Renamed ${mark}`));

  // A second tab sees all of it, and what happens here.
  const other = await newTab();
  await other.connect();
  const there = new List(other.page);
  await there.link(`Renamed ${mark}`).waitFor();
  await list.act(`Renamed ${mark}`, "Unpin");
  await list.act(`Renamed ${mark}`, "Rename");
  await name.fill(`Twice ${mark}`);
  await name.press("Enter");
  await there.link(`Twice ${mark}`).waitFor();
});

scenario("what is put away comes back, and what is deleted can be taken back until it has gone", {}, async ({ chat, page, frames, newTab }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const list = new List(page);
  await chat.connect();
  await list.link("Main conversation").waitFor();
  await begin(chat, list, `away ${mark}`);
  await begin(chat, list, `gone ${mark}`);
  await list.link(`gone ${mark}`).waitFor();
  const asked = () => frames.filter(({ direction, text }) => direction === "sent" && text.includes('"sessions.delete"')).length;

  await list.act(`away ${mark}`, "Archive");
  await list.link(`away ${mark}`).waitFor({ state: "detached" });
  await list.archived.click();
  await list.link(`away ${mark}`).waitFor();
  await list.act(`away ${mark}`, "Take out of the archive");
  await list.archived.click();
  await list.link(`away ${mark}`).waitFor();

  // The one that is shown: the main one takes its place, and gives it back.
  await list.act(`gone ${mark}`, "Delete");
  // The real gateway gives it a title of its own, around these words.
  await page.getByText(new RegExp(`gone ${mark}.* is deleted\\.`)).waitFor();
  await list.link(`gone ${mark}`).waitFor({ state: "detached" });
  await until("the main one is shown", async () => /^Main conversation/.test(await list.current()));
  await list.undo.click();
  await chat.reaches(`gone ${mark}`, "confirmed");
  await list.link(`gone ${mark}`).waitFor();

  // A page that is closed in time deletes nothing.
  await list.act(`gone ${mark}`, "Delete");
  await list.undo.waitFor();
  await page.reload();
  await list.link(`gone ${mark}`).waitFor();
  assert.equal(asked(), 0);

  const other = await newTab();
  await other.connect();
  const there = new List(other.page);
  await there.link(`gone ${mark}`).waitFor();
  await list.act(`gone ${mark}`, "Delete");
  await there.link(`gone ${mark}`).waitFor({ state: "detached", timeout: 30_000 });
  await list.undo.waitFor({ state: "detached" });
  await page.reload();
  await list.link(`away ${mark}`).waitFor();
  assert.equal(await list.link(`gone ${mark}`).count(), 0);
  assert.equal(asked(), 1);
});

scenario("a conversation is started over, with the scope that the gateway wants for it", {}, async ({ chat, page }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const list = new List(page);
  await chat.connect();
  await list.link("Main conversation").waitFor();
  await begin(chat, list, `said ${mark}`);
  await list.act(`said ${mark}`, "Start over");
  const item = list.item(`said ${mark}`);
  await item.getByText("The gateway lets only operator.admin do this").waitFor();
  await item.getByRole("button", { name: "Start over", exact: true }).last().click();
  // The real gateway leaves a row that says so.
  await chat.log.getByText(`said ${mark}`).first().waitFor({ state: "detached", timeout: 60_000 });
  await chat.hasStatus("Connected", { within: 60_000 });
  assert.equal(await page.getByText("could not be started over").count(), 0);
  await chat.send(`again ${mark}`);
  await chat.reaches(`again ${mark}`, "confirmed", { within: 60_000 });
  await chat.idle({ within: 60_000 });
  // The right was for that alone: this begins another conversation as ever.
  await chat.send("/new");
  await chat.log.getByRole("heading", { name: "Say hello" }).waitFor();
  await list.link(`again ${mark}`).first().click();
  await chat.reaches(`again ${mark}`, "confirmed", { within: 60_000 });
});

scenario("no conversation moves while a person presses one of its buttons", { servers: ["embedded"] }, async ({ chat, page, frames, newTab }) => {
  const list = new List(page);
  const sent = (words) => frames.some(({ direction, text }) => direction === "sent" && text.includes(words));
  await chat.connect();
  await begin(chat, list, "one");
  await begin(chat, list, "two");
  await list.link("one").hover();
  const order = await list.titles();
  assert.ok(order.indexOf("two") < order.indexOf("one"));

  // It is the newest again, but a person is at it.
  const other = await newTab();
  await other.connect();
  await new List(other.page).link("one").click();
  await other.reaches("one", "confirmed");
  await other.send("three");
  await list.item("one").filter({ hasText: "three" }).waitFor();
  await list.item("one").getByRole("button", { name: /^Actions for / }).click();
  await list.item("one").getByRole("button", { name: "Pin", exact: true }).hover();
  await page.mouse.down();
  assert.deepEqual(await list.titles(), order);
  await page.mouse.up();
  await until("the pin has left", () => sent('"pinned":true'));
  await until("it is first", async () => (await list.titles())[0] === "one");
});

const phone = { servers: ["embedded"], context: { viewport: PHONE, hasTouch: true } };
scenario("on a narrow screen the list lies over the conversation, and goes away again", phone, async ({ chat, page }) => {
  const list = new List(page);
  await chat.connect();
  await chat.send("hello");
  await chat.reaches("hello", "confirmed");
  await chat.idle();
  const show = page.getByRole("button", { name: "Show conversations", exact: true });
  assert.equal(await list.nav.isVisible(), false);
  await show.click();
  await list.link("Main conversation").waitFor();
  // What lies below cannot be reached meanwhile.
  const isReached = (field) => (field.focus(), field === document.activeElement);
  assert.equal(await page.getByLabel("Message", { exact: true }).evaluate(isReached), false);
  await page.keyboard.press("Escape");
  await list.nav.waitFor({ state: "hidden" });
  await until("the keyboard is back", () => show.evaluate((button) => button === document.activeElement));
  await show.click();
  await list.create.click();
  await list.nav.waitFor({ state: "hidden" });
  await chat.log.getByRole("heading", { name: "Say hello" }).waitFor();
  await page.getByRole("button", { name: "Back to the main one" }).click();
  await chat.reaches("hello", "confirmed");
  await show.click();
  await list.link("New conversation").click();
  await list.nav.waitFor({ state: "hidden" });
  await chat.log.getByRole("heading", { name: "Say hello" }).waitFor();
  await show.click();
  await list.link("Main conversation").click();
  await list.nav.waitFor({ state: "hidden" });
  await chat.reaches("hello", "confirmed");
});

scenario("the list is folded away and stays so, and the arrow keys go through it", { servers: ["embedded"] }, async ({ chat, page }) => {
  const list = new List(page);
  await chat.connect();
  await begin(chat, list, "one");
  await list.link("Main conversation").focus();
  await page.keyboard.press("Home");
  const focused = () => page.evaluate(() => document.activeElement.innerText.split("\n")[0]);
  const [first, second] = await list.titles();
  await until("the first has the keyboard", async () => (await focused()) === first);
  await page.keyboard.press("ArrowDown");
  await until("the second has it", async () => (await focused()) === second);
  await page.keyboard.press("Enter");
  await until("it is shown", async () => (await list.current()).startsWith(second));
  await page.getByRole("button", { name: "Hide conversations" }).click();
  await list.nav.waitFor({ state: "hidden" });
  await page.reload();
  await chat.isReady();
  assert.equal(await list.nav.isVisible(), false);
  await page.getByRole("button", { name: "Show conversations" }).click();
  await list.nav.waitFor();
});
