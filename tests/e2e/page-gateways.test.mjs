// One gateway has one identity, however its address is spelled.
import assert from "node:assert/strict";
import { scenario, until } from "./harness/index.mjs";

const EMBEDDED = { servers: ["embedded"] };

/** The names of all that the page keeps in localStorage. */
const names = (page) => page.evaluate(() => Object.keys(localStorage));

scenario("a draft is there under every spelling of the gateway's address", EMBEDDED, async ({ chat, page, server }) => {
  await chat.connect();
  await chat.message.fill("half a thought");
  await chat.message.blur();
  for (const spelling of [
    `${server.gateway}/`,
    server.gateway.replace("ws:", "WS:"),
    server.gateway.replace("127.0.0.1", "127.1"),
    `${server.gateway}?ticket=for-one-visit`,
  ]) {
    await page.goto("about:blank");
    await chat.connect({ gateway: spelling });
    assert.equal(await chat.message.inputValue(), "half a thought", spelling);
    assert.equal(await chat.statusText(), `Connected to ${server.gateway}`, spelling);
  }
  const secret = (await names(page)).filter((name) => name.includes("ticket"));
  assert.deepEqual(secret, []);
});

scenario("what an older version kept under other spellings is found, and nothing of it is lost", EMBEDDED, async ({ chat, page, server }) => {
  const { gateway } = server;
  const old = {
    [`clawline.draft:${gateway}/|main`]: "with a slash",
    [`clawline.draft:${gateway}?ticket=secret|main`]: "with a ticket",
    [`clawline.used:${gateway}/`]: "1",
  };
  await page.goto(server.page);
  await page.evaluate((old) => Object.entries(old).forEach((entry) => localStorage.setItem(...entry)), old);
  await page.goto("about:blank");
  await chat.connect();
  const first = await chat.message.inputValue();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  const second = await chat.message.inputValue();
  assert.deepEqual([first, second].sort(), ["with a slash", "with a ticket"]);
  await until("the older names are gone", async () => {
    const all = await names(page);
    return all.every((name) => !name.includes("secret") && !name.includes(`${gateway}/`));
  });
});
