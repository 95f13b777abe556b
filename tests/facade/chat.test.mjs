// Chats as frameworks use them, and after they were closed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, connecting, settled } from "./harness/index.mjs";

test("subscribe and getSnapshot can be handed on without their chat", async () => {
  const { client, raw } = await connected();
  const { subscribe, getSnapshot } = client.chat();
  let changes = 0;
  const off = subscribe(() => (changes += 1));
  raw.chats[0].changed();
  assert.equal(changes, 1);
  assert.equal(getSnapshot(), getSnapshot(), "the same object until something changes");
  off();
  raw.chats[0].changed();
  assert.equal(changes, 1);
});

test("a closed chat says so: its state, its calls, and who watched it", async () => {
  const { client } = await connected();
  const chat = client.chat();
  let told = 0;
  chat.subscribe(() => (told += 1));
  const before = chat.state;
  chat.close();
  chat.close();
  assert.deepEqual([before.closed, chat.state.closed, told], [false, true, 1]);
  assert.equal(chat.getSnapshot(), chat.state);
  assert.throws(() => chat.send("into the void"), { code: "closed", advice: /client\.chat\(\)/ });
  await assert.rejects(chat.stop(), { code: "closed" });
  await assert.rejects(chat.older(), { code: "closed" });
  assert.deepEqual(await chat.changes().next(), { done: true, value: undefined });
});

test("a chat of a client that was disposed of is closed, too", async () => {
  const { client } = await connected();
  const before = client.chat();
  await client[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]();
  const after = client.chat();
  for (const chat of [before, after]) {
    assert.equal(chat.state.closed, true);
    assert.throws(() => chat.send("x"), { code: "closed" });
  }
});

test("an empty session key is refused at the call, the main session has none", async () => {
  const { client } = await connected();
  const calls = [
    () => client.send("x", { sessionKey: "" }),
    () => client.chat(""),
    () => client.follow("  "),
    () => client.enqueue("chat.send", { sessionKey: "", message: "x" }),
    () => client.enqueue("agent", { sessionKey: "", message: "x" }),
  ];
  for (const call of calls) assert.throws(call, TypeError, `${call}`);
  assert.deepEqual(client.entries(), []);
});

const ENTRIES = [
  { key: "1", text: "to the main session" },
  { key: "2", text: "by its short name", session: "main" },
  { key: "3", text: "by its name", session: "agent:main:main" },
  { key: "4", text: "in other letters", session: " Agent:Main:MAIN " },
  { key: "5", text: "to another", session: "agent:main:other" },
  { key: "6", text: "to another by its short name", session: "other" },
  { key: "7", text: "no message", method: "poll" },
];

/** What the chats of sessions show of these entries, with and without a name for the main session. */
async function shown(asked, main) {
  const { client, raw } = await connecting();
  raw.main = main;
  raw.outbox = ENTRIES.map((entry) => ({ ...entry, state: "queued" }));
  return client.chat(asked).state.outbox.map(({ key }) => key).join("");
}

test("a chat opened offline after a reload shows the entries of its session, by whatever name", async () => {
  assert.equal(await shown(undefined, "agent:main:main"), "1234");
  assert.equal(await shown("main", "agent:main:main"), "1234");
  assert.equal(await shown("agent:main:main", "agent:main:main"), "1234");
  assert.equal(await shown("agent:main:other", "agent:main:main"), "56");
  assert.equal(await shown("other", "agent:main:main"), "56");
});

test("while nobody knows the main session's name, the main chat hides nothing", async () => {
  assert.equal(await shown(undefined, undefined), "123456");
  assert.match(await shown("agent:main:main", undefined), /^1234/);
});

test("a chat hears of what was stored before it", async () => {
  const { client, raw } = await connecting();
  const chat = client.chat();
  raw.outbox = [{ key: "1", state: "queued", text: "typed before the reload" }];
  raw.notify("restored");
  await settled();
  assert.deepEqual(chat.state.outbox.map(({ text }) => text), ["typed before the reload"]);
});
