// A browser that an older version was used in: tests/fixtures/stores/profile-1.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scenario, until, wholeHistory, wordsOf } from "./harness/index.mjs";
import { browserWithProfile } from "./harness/browsers.mjs";
import { WebChat } from "./harness/webchat.mjs";

const PROFILE = fileURLToPath(new URL("../fixtures/stores/profile-1/profile.tar.gz", import.meta.url));

/** What was queued, by session; in order for each address under which it was written. */
const QUEUED = {
  main: [["queued in the main session", "queued in the page"], ["under a slash"], ["under a ticket"]],
  work: [["queued in another session"], ["under a slash, elsewhere"], ["under a ticket, elsewhere"]],
  files: [["with a file"]],
  doubt: [["left before the line went"]],
};

async function wordsIn(server, session) {
  const { rows } = await wholeHistory(server, `agent:main:${session}`);
  return rows.filter(({ role }) => role === "user");
}

scenario("what an older version kept under any spelling goes out once, and its drafts are there", { servers: ["embedded"] }, async ({ server }) => {
  const folder = await mkdtemp(join(tmpdir(), "clawline-older-"));
  const { port } = new URL(server.page);
  execFileSync("tar", ["-xzf", PROFILE, "-C", folder]);
  // The page and its gateway are where they were when the profile was written.
  const context = await browserWithProfile(folder, { more: [`--host-resolver-rules=MAP claw.localhost:80 127.0.0.1:${port}`] });
  try {
    const chat = new WebChat(await context.newPage(), { ...server, page: "http://claw.localhost/", gateway: "ws://claw.localhost/gateway" });
    await chat.connect();
    for (const [session, addresses] of Object.entries(QUEUED)) {
      const all = addresses.flat();
      await until(`${session} has all that was queued`, async () => (await wordsIn(server, session)).length >= all.length);
    }
    await chat.idle();
    for (const [session, addresses] of Object.entries(QUEUED)) {
      const rows = await wordsIn(server, session);
      const words = rows.map(wordsOf);
      assert.deepEqual(words.toSorted(), addresses.flat().toSorted(), `${session}: each once`);
      for (const inOrder of addresses) {
        assert.deepEqual(words.filter((text) => inOrder.includes(text)), inOrder, `${session}: in order`);
      }
    }
    const [{ __openclaw: file }] = await wordsIn(server, "files");
    assert.deepEqual(file.media.map(({ fileName }) => fileName), ["note.txt"]);

    // The newest draft is in the field, the other one an undo away.
    assert.equal(await chat.message.inputValue(), "a draft");
    await chat.page.getByRole("button", { name: "Undo", exact: true }).click();
    assert.equal(await chat.message.inputValue(), "a draft under a slash");

    // What was too late waits for a person, and what was typed before that with it.
    assert.deepEqual(await wordsIn(server, "late"), []);
    const late = ["behind what was too late", "too late"];
    let kept;
    await until("nothing else is kept", async () => (kept = await keptWords(chat.page)).length <= late.length);
    assert.deepEqual(kept, late);

    // Nothing has an old name any more.
    const names = (await namesOf(chat.page)).filter((name) => name.includes("ws://"));
    assert.ok(names.some((name) => name.startsWith("token operator")), `the device is known there: ${names}`);
    for (const name of names) {
      assert.match(name, /ws:\/\/claw\.localhost\/gateway(\|| |$)/);
    }
  } finally {
    await context.close();
    await rm(folder, { recursive: true, force: true });
  }
});

/** Under which names the page and its device keep things. */
function namesOf(page) {
  return page.evaluate(async () => {
    const database = await new Promise((resolve) => (indexedDB.open("clawline").onsuccess = ({ target }) => resolve(target.result)));
    const names = await new Promise((resolve) => {
      database.transaction("device").objectStore("device").getAllKeys().onsuccess = ({ target }) => resolve(target.result);
    });
    database.close();
    return [...Object.keys(localStorage), ...names];
  });
}

/** The words of all messages that stand in any outbox of this browser. */
function keptWords(page) {
  return page.evaluate(async () => {
    const answer = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const words = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name));
      if (database.objectStoreNames.contains("segments")) {
        const stores = database.transaction(["segments", "facts"]);
        const all = await answer(stores.objectStore("segments").getAll());
        const facts = await answer(stores.objectStore("facts").getAll());
        const isDone = (id, origin) => facts.some((fact) => fact.segment === id && fact.origin === origin && fact.done);
        for (const { id, rows } of all) {
          words.push(...rows.filter((row) => !isDone(id, row.facts.origin)).map((row) => JSON.parse(row.payload.params).message));
        }
      }
      database.close();
    }
    return words.sort();
  });
}
