// The journey of a message: connect, send, a reply that streams, stop, reload.
import assert from "node:assert/strict";
import { SERVERS, Site, isQuiet, scenario, surroundings, until } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";

scenario(
  "address and token typed into the form connect, and a message gets a reply that grows",
  { firefox: SERVERS },
  async ({ chat, server }) => {
    await isQuiet(server);
    // Without a token the gateway that served the page turns us away.
    await chat.open({ gateway: null, token: null });
    await chat.hasStatus("Signed out");
    await chat.address.fill(server.gateway);
    await chat.token.fill(server.token);
    await chat.connectButton.click();
    await chat.isReady();

    const before = await chat.messages();
    const lengthsOf = await chat.watchGrowth();
    await chat.send("count for me [chunks:12:120]");
    await chat.reaches("count for me", "confirmed");
    await chat.replyTo("count for me", "w12");
    await chat.idle();
    const lengths = await lengthsOf("w1");
    assert.ok(lengths.length >= 2, `the reply came at once: ${lengths}`);
    assert.deepEqual(lengths, lengths.toSorted((a, b) => a - b), "the reply only grows");

    const added = (await chat.messages()).slice(before.length);
    assert.deepEqual(
      added.map(({ who, state }) => ({ who, state })),
      [
        { who: "You", state: "confirmed" },
        { who: "Assistant", state: "confirmed" },
      ],
    );
    assert.match(added[1].text, /^w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12\b/);
  },
);

scenario(
  "a link with address and token connects, and nothing of it stays in the address bar or the history",
  {},
  async ({ chat, page, server }) => {
    const seen = [];
    page.on("framenavigated", (frame) => seen.push(frame.url()));
    await chat.connect();
    assert.equal(page.url(), server.page);
    await chat.hasWritten();
    await page.goto("about:blank");
    await page.goBack();
    // This browser has a key of its own by now.
    await chat.hasStatus("Connected");
    assert.equal(page.url(), server.page);
    // The navigation itself had the fragment; what the page rewrote has not.
    assert.ok(!seen.slice(1).some((url) => url.includes(server.token)), `${seen}`);
    const kept = await page.evaluate(() => JSON.stringify([Object.entries(localStorage), document.cookie]));
    assert.ok(!kept.includes(server.token), "a token is kept only when asked to");
  },
);

scenario("stop ends a reply, keeps what it said, and the next message works", {}, async ({ chat, page }) => {
  await chat.connect();
  await chat.send("go on for long [chunks:400:100]");
  await chat.replyTo("go on for long", "w3");
  await chat.stopButton.click();
  await chat.idle();
  const stopped = await chat.replyTo("go on for long", "w1 w2 w3");
  assert.equal(stopped.state, "confirmed");
  assert.ok(!stopped.text.includes("w400"));

  await chat.send("and now briefly [chunks:3:20]");
  await chat.reaches("and now briefly", "confirmed");
  await chat.replyTo("and now briefly", "w1 w2 w3");
  await chat.idle();

  const texts = (messages) => messages.map(({ who, text }) => `${who}: ${text.split("\n")[0]}`);
  const before = texts(await chat.messages()).slice(-4);
  await page.reload();
  await chat.isReady();
  assert.deepEqual(texts(await chat.messages()).slice(-4), before);
});

scenario("after a reload the same history is there, and each message once", {}, async ({ chat, page }) => {
  await chat.connect();
  const words = ["first apple", "second banana", "third cherry [markdown]"];
  for (const text of words) {
    await chat.send(text);
    await chat.reaches(text, "confirmed");
    await chat.replyTo(text, "");
    await chat.idle();
  }
  const before = (await chat.messages()).slice(-6);
  await page.reload();
  await chat.isReady();
  assert.deepEqual((await chat.messages()).slice(-6), before);
  for (const text of words) {
    assert.equal((await chat.said("You", text)).length, 1);
  }
});

scenario(
  "with nothing configured the page talks to the gateway that served it; Enter sends, Shift and Enter begin a line",
  { servers: ["embedded"], server: { open: true } },
  async ({ chat }) => {
    await chat.open({ gateway: null, token: null });
    await chat.hasStatus("Connected");
    await chat.message.press("Shift+Enter");
    await chat.message.pressSequentially("one");
    await chat.message.press("Shift+Enter");
    await chat.message.pressSequentially("two");
    assert.equal((await chat.messages()).length, 0);
    await chat.message.press("Enter");
    await chat.reaches("one\ntwo", "confirmed");
    await chat.replyTo("one\ntwo", "two");
    assert.equal(await chat.message.inputValue(), "");
  },
);

scenario(
  "a page that comes from no relay and without an address offers where gateways usually are",
  { servers: ["embedded"] },
  async ({ chat, page, complaints }) => {
    complaints.expect(/404|Failed to load resource/);
    const site = await Site.start({ folders: { "/": surroundings.page } });
    try {
      await page.goto(site.url);
      await until("it is offered", async () => (await chat.address.inputValue()) === "ws://127.0.0.1:18789");
      await chat.hasStatus("Offline");
    } finally {
      await site.stop();
    }
  },
);

scenario("a message that passes a long one that was refused leaves the reader at the end", { servers: ["embedded"] }, async ({ chat, page, context }) => {
  const line = await plug(context);
  await chat.connect();
  line.mode = "refusing";
  await chat.send("a long one that is refused\n".repeat(400));
  await chat.reaches("a long one", "parked");
  line.mode = "through";
  await chat.send("typed after");
  await chat.reaches("typed after", "confirmed");
  await chat.answer("typed after");
  await chat.idle();
  const [first, second] = (await chat.said("You", "")).slice(-2).map(({ text }) => text);
  assert.ok(first === "typed after" && second.startsWith("a long one"), "it was passed");
  await until("its end is in view", () =>
    page.getByRole("button", { name: "Discard", exact: true }).evaluate((button) => button.getBoundingClientRect().bottom <= innerHeight && button.getBoundingClientRect().top >= 0),
  );
});
