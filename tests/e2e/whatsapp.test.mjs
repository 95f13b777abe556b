// A phone is linked to the gateway's WhatsApp, and unlinked, as a person does it.
// A plug answers for the gateway, in OpenClaw's words and in those of our relay.
import assert from "node:assert/strict";
import { scenario, until } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";
import { BROKEN, CHANNEL_DAY, LINKED, NOT_LINKED, PICTURE, standing } from "./harness/whatsapp.mjs";

const ADMIN = "operator.admin";

/** The page at WhatsApp, as `account` stands; `line` answers in the gateway's place. */
async function atWhatsApp({ chat, page, context }, account, link) {
  const line = await plug(context);
  line.answers["channels.status"] = () => standing(account, link);
  await chat.connect();
  await page.getByRole("button", { name: "WhatsApp", exact: true }).click();
  await page.getByRole("heading", { name: "WhatsApp", level: 1 }).waitFor();
  return line;
}

/** What the page has asked for by a method. */
function asked(line, method) {
  return line.asked.filter((one) => one.method === method).map((one) => one.params);
}

/** Waits until the connection is as it was, without the scope that was asked for. */
async function scopeIsGone(line, chat) {
  await until("the scope is gone", () => !line.scopes.at(-1).includes(ADMIN));
  await chat.hasStatus("Connected");
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const picture = (page) => page.getByRole("img", { name: "QR code that links a phone" });
/** What stands on the screen, not what is read out. */
const said = (page, words) => page.getByRole("main").getByText(words);
/** Waits until what has the keyboard is this. */
const keyboardIs = (place) => until("the keyboard is there", () => place.evaluate((element) => element === document.activeElement));

scenario("a gateway without WhatsApp says so", {}, async ({ chat, page }) => {
  await chat.connect();
  await button(page, "WhatsApp").click();
  await page.getByText("This gateway has no WhatsApp.").waitFor();
  await button(page, "Back to the conversation").click();
  await chat.isReady();
});

const embedded = { servers: ["embedded"] };
const inBoth = { ...embedded, firefox: ["embedded"] };
scenario("a phone is linked by a picture that it scans, and the scope goes with the login", inBoth, async (stage) => {
  const { chat, page } = stage;
  const line = await atWhatsApp(stage, NOT_LINKED);
  const other = `${PICTURE.slice(0, -4)}AAA=`;
  const waits = [];
  line.answers["web.login.start"] = () => ({ qrDataUrl: PICTURE, message: "Scan it." });
  line.answers["web.login.wait"] = () => new Promise((resolve) => waits.push(resolve));
  assert.ok(!line.scopes.flat().includes(ADMIN));
  await page.getByText("WhatsApp does not support it and may ban the account.").waitFor();
  await button(page, "Show QR code").click();
  await picture(page).waitFor();
  // The button has gone: the keyboard is where it goes on.
  await keyboardIs(page.getByRole("heading", { name: "WhatsApp", level: 1 }));
  assert.equal(await picture(page).getAttribute("src"), PICTURE);
  assert.ok(line.scopes.at(-1).includes(ADMIN));
  // As OpenClaw publishes the params: no others.
  const [{ timeoutMs, ...start }] = asked(line, "web.login.start");
  assert.deepEqual(start, { accountId: "default" });
  assert.ok(timeoutMs >= 5000);
  await until("it waits", () => waits.length === 1);
  waits[0]({ connected: false, message: "QR refreshed.", qrDataUrl: other });
  await until("it waits for the other one", () => waits.length === 2);
  assert.equal(await picture(page).getAttribute("src"), other);
  assert.deepEqual(
    asked(line, "web.login.wait").map((params) => params.currentQrDataUrl),
    [PICTURE, other],
  );
  line.answers["channels.status"] = () => standing(LINKED);
  waits[1]({ connected: true, message: "Linked!" });
  await said(page, "Linked and connected.").waitFor();
  await said(page, "+15550001111").waitFor();
  await keyboardIs(page.getByRole("heading", { name: "WhatsApp", level: 1 }));
  await scopeIsGone(line, chat);
});

scenario("a picture that is of no use any more is asked for anew", embedded, async (stage) => {
  const { chat, page } = stage;
  const line = await atWhatsApp(stage, NOT_LINKED);
  const answers = [{ connected: false, message: "The login QR expired." }];
  line.answers["web.login.start"] = () => ({ qrDataUrl: PICTURE, message: "Scan it." });
  line.answers["web.login.wait"] = () => answers.shift() ?? new Promise(() => {});
  await button(page, "Show QR code").click();
  await page.getByText("No phone was linked this time.").waitFor();
  await page.getByText("The login QR expired.").waitFor();
  assert.equal(await picture(page).count(), 0);
  await scopeIsGone(line, chat);
  await button(page, "New code").click();
  await picture(page).waitFor();
  await button(page, "Cancel").click();
  await button(page, "Show QR code").waitFor();
  await scopeIsGone(line, chat);
});

scenario("a login goes on after the connection was lost", embedded, async (stage) => {
  const { chat, page } = stage;
  const line = await atWhatsApp(stage, NOT_LINKED);
  const waits = [];
  line.answers["web.login.start"] = () => ({ qrDataUrl: PICTURE, message: "Scan it." });
  line.answers["web.login.wait"] = () => new Promise((resolve) => waits.push(resolve));
  await button(page, "Show QR code").click();
  await until("it waits", () => waits.length === 1);
  await line.pull();
  await said(page, "The connection to the gateway is lost.").waitFor();
  line.mode = "through";
  await until("it waits again", () => waits.length === 2);
  await said(page, "Waiting for the phone…").waitFor();
  line.answers["channels.status"] = () => standing(LINKED);
  waits[1]({ connected: true, message: "Linked!" });
  await said(page, "Linked and connected.").waitFor();
  assert.equal(asked(line, "web.login.start").length, 1);
  await scopeIsGone(line, chat);
});

scenario("a phone is linked by a code that is typed on it", embedded, async (stage) => {
  const { page } = stage;
  const line = await atWhatsApp(stage, NOT_LINKED);
  line.answers["clawline.channels.pair"] = () => ({ code: "wxyz1234" });
  line.answers["web.login.wait"] = () => new Promise(() => {});
  await button(page, "Use a code instead").click();
  const number = page.getByRole("textbox", { name: "Number of the phone, with its country's code" });
  await keyboardIs(number);
  await number.fill("0170 1234567");
  await number.press("Enter");
  await said(page, "Begin with the country's code instead of 0.").waitFor();
  await keyboardIs(number);
  await number.fill("+1 (555) 000-1111");
  await number.press("Enter");
  // In two groups.
  await said(page, /^WXYZ\s1234$/).waitFor();
  const [{ timeoutMs: _, ...params }] = asked(line, "clawline.channels.pair");
  assert.deepEqual(params, { channel: "whatsapp", accountId: "default", phone: "15550001111" });
});

scenario("a code whose answer was lost with the line is asked for again", embedded, async (stage) => {
  const { page } = stage;
  const line = await atWhatsApp(stage, NOT_LINKED);
  const codes = [];
  line.answers["clawline.channels.pair"] = () => new Promise((resolve) => codes.push(resolve));
  line.answers["web.login.wait"] = () => new Promise(() => {});
  await button(page, "Use a code instead").click();
  const number = page.getByRole("textbox", { name: "Number of the phone, with its country's code" });
  await number.fill("+1 555 000 1111");
  await number.press("Enter");
  await until("it is asked for", () => codes.length === 1);
  await line.pull();
  line.mode = "through";
  await until("it is asked for again", () => codes.length === 2);
  codes[1]({ code: "WXYZ1234" });
  await said(page, /^WXYZ\s1234$/).waitFor();
  await until("it waits for the phone", () => asked(line, "web.login.wait").length === 1);
});

scenario("two accounts stand side by side, however often they are drawn", embedded, async (stage) => {
  const { page } = stage;
  const line = await atWhatsApp(stage, NOT_LINKED);
  const two = (first) => {
    const answer = standing(NOT_LINKED);
    answer.channelAccounts.whatsapp = [{ accountId: "home", ...first }, { accountId: "work", ...NOT_LINKED }];
    answer.channelDefaultAccountId.whatsapp = "home";
    return answer;
  };
  const refused = async () => {
    await button(page, "Show QR code").last().click();
    await said(page, "It cannot be done now.").waitFor();
  };
  line.answers["web.login.start"] = () => ({ message: "It cannot be done now." });
  line.answers["channels.status"] = () => two(NOT_LINKED);
  await button(page, "Back to the conversation").click();
  await button(page, "WhatsApp").click();
  await said(page, "work").waitFor();
  await refused();
  await button(page, "Cancel").click();
  await until("both offer it", async () => (await button(page, "Show QR code").count()) === 2);
  assert.equal(await said(page, "No phone is linked.").count(), 2);
  line.answers["channels.status"] = () => two(LINKED);
  await refused();
  await said(page, "Linked and connected.").waitFor();
  await button(page, "Cancel").click();
  await button(page, "Show QR code").waitFor();
  const screen = await page.getByRole("main").innerText();
  assert.match(screen, /home.*Linked and connected\..*work.*No phone is linked\..*may ban the account/s);
});

scenario("a phone is unlinked when it was asked twice", embedded, async (stage) => {
  const { chat, page } = stage;
  const line = await atWhatsApp(stage, LINKED);
  line.answers["channels.logout"] = () => {
    line.answers["channels.status"] = () => standing(NOT_LINKED);
    return { channel: "whatsapp", accountId: "default", cleared: true, loggedOut: true };
  };
  await button(page, "Unlink").click();
  await said(page, "Unlink +15550001111?").waitFor();
  await keyboardIs(button(page, "Cancel"));
  await button(page, "Cancel").click();
  assert.equal(asked(line, "channels.logout").length, 0);
  assert.ok(!line.scopes.flat().includes(ADMIN));
  await button(page, "Unlink").click();
  await button(page, "Yes, unlink").click();
  await said(page, "No phone is linked.").waitFor();
  // OpenClaw does not tell WhatsApp.
  await said(page, "The phone may still list this link.").waitFor();
  assert.deepEqual(asked(line, "channels.logout"), [{ channel: "whatsapp", accountId: "default" }]);
  await scopeIsGone(line, chat);
});

scenario("a gateway's channel that gave up says so, and its reason stays in the card", embedded, async (stage) => {
  const { page } = stage;
  // As OpenClaw says it of a plugin that it does not trust.
  const reason = `Plugin "whatsapp" loaded from "/home/somebody/${"folder_of_a_long_name/".repeat(8)}index.js"`;
  await atWhatsApp(stage, { ...BROKEN, running: false, healthState: "plugin-trust-refused", lifecycle: "blocked", lastError: reason });
  await said(page, "It does not work.").waitFor();
  await said(page, "loaded from").waitFor();
  await button(page, "Connect again").waitFor();
  const card = page.locator(".card");
  assert.ok(await card.evaluate((card) => card.scrollWidth <= card.clientWidth));
});

scenario("a conversation says who wrote, how far each message has come and who types", inBoth, async ({ chat, page, context }) => {
  const line = await plug(context);
  line.history = { messages: CHANNEL_DAY };
  await chat.connect();
  const article = (words) => chat.log.getByRole("article").filter({ hasText: words });
  await article("1 + 1 = 2").waitFor();
  assert.match(await article("1 + 1 = 2").getAttribute("aria-label"), /^安, /);
  assert.equal(await article("1 + 1 = 2").locator(".note").innerText(), "安");
  const ticks = ["Waiting to be sent", "Sent", "Delivered", "Read", "Not sent", "Not confirmed"];
  for (const [at, words] of ticks.entries()) {
    const row = article(`${at} × 3 =`);
    assert.equal(await row.locator(".state").innerText(), words);
    assert.match(await row.getAttribute("aria-label"), new RegExp(`, ${words}$`));
  }
  assert.equal(await article("4 × 3 =").locator(".reason").innerText(), "463");
  // It comes further, here and nowhere else.
  const tell = (more) => line.happens("clawline.channels.progress", { channel: "whatsapp", sessionKey: "agent:main:main", ...more });
  tell({ sessionKey: "agent:main:other", runId: "run-0", state: "failed" });
  tell({ runId: "run-1", state: "nonsense" });
  tell({ runId: "run-0", state: "delivered" });
  await article("0 × 3 =").getByText("Delivered").waitFor();
  assert.equal(await article("1 × 3 =").locator(".state").innerText(), "Sent");
  tell({ runId: "run-0", state: "failed", error: "<b>no</b>" });
  await article("0 × 3 =").getByText("<b>no</b>").waitFor();
  const typing = page.getByRole("status").filter({ hasText: "typing" });
  const types = (names, more) =>
    line.happens("clawline.channels.typing", { channel: "whatsapp", sessionKey: "agent:main:main", typing: names.map((senderName) => ({ senderId: senderName, senderName })), ...more });
  types(["Ann"], { sessionKey: "agent:main:other" });
  types(["Bob", "Ann"]);
  await typing.getByText("Bob, Ann are typing…").waitFor();
  types(["Ann"]);
  await typing.getByText("Ann is typing…").waitFor();
  types([]);
  await typing.waitFor({ state: "detached" });
});

const ALICE = "agent:main:whatsapp:direct:+15551112222";
const TO_ALICE = { channel: "whatsapp", to: "+15551112222", accountId: "default" };

scenario("words to a contact stand once beside OpenClaw's row of them, and none go where nobody is named", inBoth, async ({ chat, page, context }) => {
  const line = await plug(context);
  const info = { key: ALICE, displayName: "Alice Li" };
  const came = { role: "user", content: "7 + 1", timestamp: Date.UTC(2026, 10, 29, 12), __openclaw: { id: "came", seq: 1, senderId: "+15551112222", senderName: "Alice Li" } };
  line.history = { sessionId: "one", messages: [came], sessionInfo: info };
  const sends = [];
  line.answers.send = (params) => new Promise((resolve) => sends.push({ params, resolve }));
  await chat.connect();
  await page.evaluate((key) => (location.hash = `session=${encodeURIComponent(key)}`), ALICE);
  await page.getByText("Nobody knows yet whom this conversation leads to").waitFor();
  await chat.message.fill("7 + 1 = 8");
  await chat.message.press("Enter");
  assert.ok(await chat.sendButton.isDisabled());
  assert.equal(await chat.message.inputValue(), "7 + 1 = 8");
  // The gateway says whom it leads to.
  line.history = { ...line.history, sessionInfo: { ...info, deliveryContext: TO_ALICE } };
  await line.pull();
  line.mode = "through";
  const field = page.getByRole("textbox", { name: "Write to Alice Li", exact: true });
  await field.waitFor();
  assert.equal(await field.inputValue(), "7 + 1 = 8");
  await page.getByText("To Alice Li", { exact: true }).waitFor();
  await field.press("Enter");
  await until("it leaves", () => sends.length === 1);
  const [{ params }] = sends;
  const { idempotencyKey: key, ...rest } = params;
  assert.deepEqual(rest, { ...TO_ALICE, message: "7 + 1 = 8", sessionKey: ALICE });
  const own = chat.log.getByRole("article", { name: /^You,/ });
  const states = () => own.evaluateAll((articles) => articles.map(({ dataset }) => dataset.state));
  assert.deepEqual(await states(), ["sending"]);
  // Its answer was lost with the line: it is asked for under the same key.
  await line.pull();
  line.mode = "through";
  await until("it is asked for again", () => sends.length === 2);
  assert.deepEqual(sends[1].params, params);
  sends[1].resolve({ runId: key, messageId: "3EB0", channel: "whatsapp" });
  await until("it has gone", async () => (await states()).join() === "sent");
  const message = { role: "assistant", content: [{ type: "text", text: "7 + 1 = 8" }], provider: "openclaw", model: "delivery-mirror", stopReason: "stop", timestamp: Date.UTC(2026, 10, 29, 12, 1), idempotencyKey: key, __openclaw: { id: "mirror", seq: 2 } };
  line.history = { ...line.history, messages: [came, message] };
  line.happens("session.message", { sessionKey: ALICE, sessionId: "one", messageId: "mirror", messageSeq: 2, message });
  await until("its row is there", async () => (await states()).join() === "confirmed");
  assert.equal(await chat.log.getByText("7 + 1 = 8").count(), 1);
  // Also for who comes later, and not as the agent's.
  await page.reload();
  await field.waitFor();
  await until("it is there", async () => (await states()).join() === "confirmed");
  assert.equal(await chat.log.getByRole("article").count(), 2);
  assert.equal(sends.length, 2);
});
