// The real bridge with the real Baileys, linked in the page by what stands on its
// screen, as a phone would: a program plays WhatsApp and the phone.
import assert from "node:assert/strict";
import { after } from "node:test";
import { scenario, until } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";
import { scanned } from "./harness/scanned.mjs";
import { Stand } from "./harness/stand.mjs";

const PHONE = { width: 390, height: 844 };

const stands = [];
after(() => Promise.all(stands.map((stand) => stand.stop())));

/** A scenario at a relay with a WhatsApp of its own, to which the phone was linked before, or never. */
function atWhatsApp(name, isLinked, options, act) {
  let stand;
  const server = async () => {
    stands.push((stand = await Stand.start()));
    if (isLinked) {
      await stand.order("login", { folder: stand.login });
    }
    return { env: stand.env };
  };
  scenario(name, { ...options, servers: ["embedded"], server }, (stage) => act({ ...stage, stand }));
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const state = (page, words) => page.getByRole("main").getByText(words, { exact: true });

/** To WhatsApp, on a screen where the list lies over the rest. */
async function toWhatsApp(page) {
  await button(page, "Show conversations").click();
  await button(page, "WhatsApp").click();
}

const onPhone = { context: { viewport: PHONE, hasTouch: true } };
atWhatsApp("the code on the screen links a phone to the real bridge", false, onPhone, async ({ chat, page, frames, stand }) => {
  await chat.connect();
  await toWhatsApp(page);
  await state(page, "No phone is linked.").waitFor({ timeout: 60_000 });
  await button(page, "Show QR code").click();
  const picture = page.getByRole("img", { name: "QR code that links a phone" });
  await picture.waitFor({ timeout: 60_000 });
  const data = await scanned(picture);
  assert.match(data, /^https:\/\/wa\.me\/settings\/linked_devices#2@one,/);
  await stand.order("scan", { data });
  await state(page, "Linked and connected.").waitFor({ timeout: 60_000 });
  await state(page, "+15550000000").waitFor();
  // Linked it stays, also for who comes later.
  await page.reload();
  await chat.isReady();
  await toWhatsApp(page);
  await state(page, "Linked and connected.").waitFor();
  await button(page, "Unlink").click();
  await button(page, "Yes, unlink").click();
  await state(page, "No phone is linked.").waitFor({ timeout: 60_000 });
  // And by a code that is typed on it.
  await stand.order("code", { given: true });
  await button(page, "Use a code instead").click();
  await page.getByRole("textbox", { name: "Number of the phone, with its country's code" }).fill("+1 555 000 0000");
  await button(page, "Get the code").click();
  const code = page.locator(".pair-code");
  await code.waitFor({ timeout: 60_000 });
  const letters = (await code.innerText()).split(/\s/);
  assert.ok(letters.length === 2 && letters.every((group) => /^[A-Z0-9]{4}$/.test(group)), letters.join());
  // Nobody else hears of a code: it comes in answers alone.
  const told = frames.filter(({ text }) => text.includes('"type":"event"')).map(({ text }) => text);
  await until("it was told how it stands", () => told.some((text) => text.includes("clawline.channels.link")));
  assert.ok(!told.some((text) => text.includes(letters.join("")) || text.includes(data)));
});

atWhatsApp("what somebody writes on WhatsApp stands beside the other conversations", true, {}, async ({ chat, page, stand }) => {
  await chat.connect();
  await button(page, "WhatsApp").click();
  await state(page, "Linked and connected.").waitFor({ timeout: 60_000 });
  await stand.order("write", { id: "ALICE0000001", text: "Are you there?" });
  const item = page.getByRole("navigation").getByRole("link").filter({ hasText: "Are you there?" });
  await item.waitFor({ timeout: 60_000 });
  assert.equal(await item.locator(".session-channel").innerText(), "WhatsApp");
  await item.click();
  await chat.log.getByText("Are you there?").waitFor();
  // WhatsApp has given way to it.
  assert.equal(await page.getByRole("heading", { name: "WhatsApp", level: 1 }).count(), 0);
});

atWhatsApp("who types is shown until they have written, and ticks tell how far a message has come", true, {}, async ({ chat, page, server, stand }) => {
  await chat.connect();
  await button(page, "WhatsApp").click();
  await state(page, "Linked and connected.").waitFor({ timeout: 60_000 });
  await stand.order("write", { id: "ALICE0000001", text: "one" });
  const item = page.getByRole("navigation").getByRole("link").filter({ hasText: "one" });
  await item.waitFor({ timeout: 60_000 });
  await item.click();
  const typing = page.locator(".typing");
  await stand.order("typing", { state: "composing" });
  await typing.getByText("is typing…").waitFor();
  await stand.order("write", { id: "ALICE0000002", text: "two" });
  await chat.log.getByText("two").waitFor();
  await until("nobody types", async () => (await typing.innerText()) === "");
  // Whoever has just written begins anew.
  await until("she types again", async () => {
    await stand.order("typing", { state: "composing" });
    return (await typing.innerText()).endsWith("is typing…");
  });
  await stand.order("typing", { state: "paused" });
  await until("nobody types any more", async () => (await typing.innerText()) === "");
  // The owner writes by another program.
  const sent = await fetch(new URL("v1/channels/send", server.page), {
    method: "POST",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: JSON.stringify({ channel: "whatsapp_baileys", conversation_id: "+15551112222", content: "three" }),
  });
  assert.equal(sent.status, 200);
  const { message_id: id } = await sent.json();
  const tick = chat.log.getByRole("article").filter({ hasText: "three" }).locator(".state");
  await tick.getByText("Sent").waitFor({ timeout: 60_000 });
  await stand.order("receipt", { id });
  await tick.getByText("Delivered").waitFor();
  await stand.order("receipt", { id, type: "read" });
  await tick.getByText("Read").waitFor();
  // So it stands also for who comes later.
  await page.reload();
  await chat.isReady();
  await tick.getByText("Read").waitFor();
});

/** To Alice, who has just written. */
async function toAlice({ chat, page, stand }) {
  await chat.connect();
  await button(page, "WhatsApp").click();
  await state(page, "Linked and connected.").waitFor({ timeout: 60_000 });
  await stand.order("write", { id: "ALICE0000001", text: "Are you there?" });
  const item = page.getByRole("navigation").getByRole("link").filter({ hasText: "Are you there?" });
  await item.waitFor({ timeout: 60_000 });
  await item.click();
  await chat.log.getByText("Are you there?").waitFor();
}

const contact = (page) => page.getByRole("textbox", { name: /^Write to / });

async function writes(page, text) {
  await contact(page).fill(text);
  await contact(page).press("Enter");
}

/** How often Alice has read each text that the owner sent, on one of her devices. */
async function readByAlice(stand) {
  const { messages } = await stand.order("read");
  const texts = messages.filter(({ kind, device }) => kind === "text" && device === 0).map(({ text }) => text);
  return Object.fromEntries(texts.map((text) => [text, texts.filter((other) => other === text).length]));
}

atWhatsApp("words to a contact reach them once, whatever happens on the way, and no agent", true, {}, async (stage) => {
  const { chat, page, context, server, stand } = stage;
  const line = await plug(context);
  await toAlice(stage);
  const own = (text, on = page) => on.getByRole("log").getByRole("article", { name: /^You,/ }).filter({ hasText: text });
  const tick = (text) => own(text).locator(".state");
  await writes(page, "I am at the door");
  await stand.order("reads", { has: "I am at the door" });
  await tick("I am at the door").getByText("Sent").waitFor();
  await stand.order("receipt", {});
  await tick("I am at the door").getByText("Delivered").waitFor();
  await stand.order("receipt", { type: "read" });
  await tick("I am at the door").getByText("Read").waitFor();
  // The page is closed before the line is there again; whoever comes later has it.
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await writes(page, "With cake");
  await chat.reaches("With cake", "queued");
  await chat.hasWritten();
  const link = page.url();
  await page.reload();
  await chat.reaches("With cake", "queued");
  await contact(page).waitFor();
  const other = await context.newPage();
  await other.goto(link);
  await own("With cake", other).waitFor();
  line.mode = "through";
  await stand.order("reads", { has: "With cake" });
  await tick("With cake").getByText("Sent").waitFor({ timeout: 60_000 });
  await own("With cake", other).locator(".state").getByText("Sent").waitFor();
  for (const on of [page, other]) {
    assert.equal(await own("With cake", on).count(), 1);
  }
  // The relay is killed while it has it.
  await chat.hasStatus("Connected");
  await writes(page, "And candles");
  await server.kill();
  await server.restart();
  await stand.order("reads", { has: "And candles" });
  await tick("And candles").getByText("Sent").waitFor({ timeout: 60_000 });
  assert.equal(await own("And candles").count(), 1);
  assert.deepEqual(await readByAlice(stand), { "I am at the door": 1, "With cake": 1, "And candles": 1 });
  // Nobody was asked, and nothing waits any more.
  assert.deepEqual(await chat.said("Assistant", "door"), []);
  await page.reload();
  await tick("And candles").getByText("Sent").waitFor({ timeout: 60_000 });
  assert.equal(await chat.log.getByRole("article", { name: /^You,/ }).count(), 3);
});

atWhatsApp("the agent is asked about a contact aside, who does not see it", true, {}, async (stage) => {
  const { chat, page, stand } = stage;
  await toAlice(stage);
  // Only words go to them.
  await contact(page).waitFor();
  assert.equal(await button(page, "Attach files").count(), 0);
  await button(page, "Ask the agent instead").click();
  await page.getByText(/^To your agent\. .* does not see it\.$/).waitFor();
  await button(page, "Attach files").waitFor();
  await chat.send("Is she nice?");
  await chat.answer("Is she nice?");
  // What is begun for the agent is never restored where it would go to her.
  await chat.message.fill("Is she always late?");
  await chat.message.blur();
  await page.reload();
  await contact(page).waitFor();
  assert.equal(await contact(page).inputValue(), "");
  await button(page, "Ask the agent instead").click();
  await until("it is there", async () => (await chat.message.inputValue()) === "Is she always late?");
  // Back again, by the same place.
  await page.getByRole("button", { name: /^Write to / }).click();
  assert.equal(await contact(page).inputValue(), "");
  await writes(page, "Hello");
  await stand.order("reads", { has: "Hello" });
  assert.deepEqual(await readByAlice(stand), { Hello: 1 });
});

atWhatsApp("what is changed too late goes to the contact as a new message, not to the agent", true, {}, async (stage) => {
  const { chat, page, context, stand } = stage;
  const line = await plug(context);
  await toAlice(stage);
  await line.pull();
  await chat.hasStatus("Reconnecting");
  await writes(page, "I come at 7");
  await chat.reaches("I come at 7", "queued");
  await chat.own("I come at 7").getByRole("button", { name: "Edit" }).click();
  const field = page.getByRole("textbox", { name: "Edit message" });
  await field.fill("I come at 8");
  line.mode = "through";
  await stand.order("reads", { has: "I come at 7" });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Send as a new one" }).click();
  await stand.order("reads", { has: "I come at 8" });
  assert.deepEqual(await readByAlice(stand), { "I come at 7": 1, "I come at 8": 1 });
  assert.deepEqual(await chat.said("Assistant", "I come at 8"), []);
});
