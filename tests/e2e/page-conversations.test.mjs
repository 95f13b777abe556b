// A new conversation, begun with the rights that the page has.
import assert from "node:assert/strict";
import { scenario } from "./harness/index.mjs";

scenario("/new begins a conversation beside the main one, which is one click away", {}, async ({ chat, page }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  await chat.connect();
  await chat.send(`before ${mark}`);
  await chat.reaches(`before ${mark}`, "confirmed", { within: 60_000 });
  await chat.idle({ within: 60_000 });
  await chat.send("/new");
  const back = page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: /^Main conversation/ });
  await back.waitFor();
  await chat.log.getByRole("heading", { name: "Say hello" }).waitFor();
  assert.equal(await back.getAttribute("aria-current"), null);
  assert.equal(await chat.message.inputValue(), "");
  await chat.send(`after ${mark}`);
  await chat.reaches(`after ${mark}`, "confirmed", { within: 60_000 });
  await chat.idle({ within: 60_000 });
  assert.equal((await chat.said("You", "before")).length, 0);

  await chat.message.fill("a draft of the new one");
  await page.reload();
  await chat.reaches(`after ${mark}`, "confirmed", { within: 60_000 });
  assert.equal(await chat.message.inputValue(), "a draft of the new one");
  await back.click();
  await chat.reaches(`before ${mark}`, "confirmed", { within: 60_000 });
  assert.equal(await back.getAttribute("aria-current"), "page");
  assert.equal((await chat.said("You", `after ${mark}`)).length, 0);
  assert.equal(await chat.message.inputValue(), "");
  await page.reload();
  await chat.reaches(`before ${mark}`, "confirmed", { within: 60_000 });
});

scenario("/new without a connection says why, and stays in the field", { servers: ["embedded"] }, async ({ chat, page, server }) => {
  await chat.connect();
  await server.line({ mode: "refuse" });
  await server.cut();
  await chat.hasStatus("Reconnecting");
  await chat.send("/new");
  await page.getByRole("alert").getByText("when the connection is back").waitFor();
  assert.equal(await chat.message.inputValue(), "/new");
  await server.line({});
});
