// A gateway of OpenClaw that has WhatsApp itself, by its own plugin: our page links a phone there
// and shows what is said. A program plays WhatsApp, the phone and Alice.
import assert from "node:assert/strict";
import { after } from "node:test";
import { scenario, until } from "./harness/index.mjs";
import { scanned } from "./harness/scanned.mjs";
import { Stand } from "./harness/stand.mjs";

const ADMIN = "operator.admin";
const ALICE = "+15551112222";

let stand;
after(() => stand?.stop());

/** A gateway whose agent answers Alice, in a conversation of her own. */
async function server() {
  stand = await Stand.start();
  const config = {
    channels: { whatsapp: { enabled: true, dmPolicy: "allowlist", allowFrom: [ALICE] } },
    session: { dmScope: "per-channel-peer" },
  };
  return { gateway: { whatsapp: stand.url, config } };
}

const button = (page, name) => page.getByRole("button", { name, exact: true });
const state = (page, words) => page.getByRole("main").getByText(words, { exact: true });

/** The scopes of each sign-in until now. */
const scopes = (frames) =>
  frames
    .filter(({ direction, text }) => direction === "sent" && text.includes('"method":"connect"'))
    .map(({ text }) => JSON.parse(text).params.scopes);

scenario("OpenClaw's own WhatsApp is linked in the page, and what is said there is read in it", { servers: ["openclaw"], server }, async ({ chat, page, frames, world }) => {
  await chat.connect();
  await button(page, "WhatsApp").click();
  await state(page, "No phone is linked.").waitFor();
  assert.ok(!scopes(frames).flat().includes(ADMIN));
  await button(page, "Show QR code").click();
  const picture = page.getByRole("img", { name: "QR code that links a phone" });
  await picture.waitFor({ timeout: 60_000 });
  assert.ok(scopes(frames).at(-1).includes(ADMIN));
  await stand.order("scan", { data: await scanned(picture) });
  await state(page, "Linked and connected.").waitFor({ timeout: 60_000 });
  await state(page, "+15550000000").waitFor();
  await until("the scope is gone", () => !scopes(frames).at(-1).includes(ADMIN));
  await chat.hasStatus("Connected");

  await stand.order("write", { id: "ALICE0000001", text: "Is the baker open? [echo]" });
  await stand.order("reads", { has: "Is the baker open?" });
  assert.equal((await world.modelCalls("Is the baker open?")).length, 1);
  const item = page.getByRole("navigation").getByRole("link").filter({ hasText: ALICE });
  assert.equal(await item.locator(".session-channel").innerText(), "WhatsApp");
  // Not what OpenClaw tells its model besides, and no run that has ended.
  await until("the list tells what was said", async () => (await item.locator(".session-said").innerText()) === "Is the baker open?");
  await item.click();
  // By whom it is: somebody else, not whoever reads it here.
  const article = (name) => chat.log.getByRole("article", { name }).filter({ hasText: "Is the baker open?" });
  await article(/^Peer,/).waitFor();
  await article(/^Assistant,/).waitFor();

  // What is written there goes to her, once, and not to the agent.
  const field = page.getByRole("textbox", { name: /^Write to / });
  await field.fill("I bring bread");
  await field.press("Enter");
  await stand.order("reads", { has: "I bring bread" });
  const own = chat.log.getByRole("article", { name: /^You,/ }).filter({ hasText: "I bring bread" });
  await until("its row is there", async () => (await own.getAttribute("data-state")) === "confirmed");
  await page.reload();
  await field.waitFor();
  await until("it is there", async () => (await own.getAttribute("data-state")) === "confirmed");
  assert.equal(await chat.log.getByText("I bring bread").count(), 1);
  const { messages } = await stand.order("read");
  assert.equal(messages.filter(({ text, device }) => text === "I bring bread" && device === 0).length, 1);
  assert.equal((await world.modelCalls("I bring bread")).length, 0);

  await button(page, "WhatsApp").click();
  await button(page, "Unlink").click();
  await button(page, "Yes, unlink").click();
  await state(page, "No phone is linked.").waitFor({ timeout: 60_000 });
  await until("the scope is gone again", () => !scopes(frames).at(-1).includes(ADMIN));
});
