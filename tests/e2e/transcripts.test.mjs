// What was shown of a conversation is there at once at the next visit, and is
// settled by the gateway as soon as that answers.
import assert from "node:assert/strict";
import { Wire, scenario, until } from "./harness/index.mjs";
import { plug } from "./harness/plug.mjs";

const EMBEDDED = { servers: ["embedded"] };

/** What the browser keeps beside the device's key, by name. */
function kept(page) {
  return page.evaluate(async () => {
    const answer = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const database = await answer(indexedDB.open("clawline"));
    const shelf = database.transaction("device").objectStore("device");
    const [names, values] = await Promise.all([answer(shelf.getAllKeys()), answer(shelf.getAll())]);
    database.close();
    return Object.fromEntries(names.map((name, at) => [name, values[at]]).filter(([name]) => name.startsWith("transcript ")));
  });
}

/** Writes other things in the place of what is kept. */
function overwrite(page, value) {
  return page.evaluate(async (value) => {
    const database = await new Promise((resolve) => (indexedDB.open("clawline").onsuccess = ({ target }) => resolve(target.result)));
    const shelf = database.transaction("device", "readwrite").objectStore("device");
    const names = await new Promise((resolve) => (shelf.getAllKeys().onsuccess = ({ target }) => resolve(target.result)));
    for (const name of names.filter((name) => name.startsWith("transcript"))) {
      const put = value.rows === undefined ? value : { ...(await new Promise((resolve) => (shelf.get(name).onsuccess = ({ target }) => resolve(target.result)))), ...value };
      shelf.put(put, name);
    }
    await new Promise((resolve) => (shelf.transaction.oncomplete = resolve));
    database.close();
  }, value);
}

const isKept = (page, words) => until(`“${words}” is kept`, async () => JSON.stringify(await kept(page)).includes(words));
const said = async (chat) => (await chat.messages()).map(({ who, text }) => `${who}: ${text}`);

scenario("what was said is there at once at the next visit, and as the gateway has it then", { ...EMBEDDED, firefox: ["embedded"] }, async ({ chat, page, context }) => {
  const line = await plug(context);
  const note = page.getByText(chat.words("kept"), { exact: true });
  await chat.connect();
  for (const words of ["the first", "the second"]) {
    await chat.send(words);
    await chat.reaches(words, "confirmed");
    await chat.replyTo(words, words);
    await chat.idle();
  }
  const before = await said(chat);
  assert.equal(await note.count(), 0);
  await isKept(page, "> the second"); // As the reply quotes it.

  line.mode = "out";
  await page.reload();
  await chat.reaches("the second", "confirmed");
  await note.waitFor();
  assert.doesNotMatch(await chat.statusText(), /^Connected/);
  assert.deepEqual(await said(chat), before);
  await chat.send("written meanwhile");
  await chat.reaches("written meanwhile", "queued");

  line.mode = "through";
  await chat.reaches("written meanwhile", "confirmed", { within: 60_000 });
  await note.waitFor({ state: "detached" });
  await chat.idle();
  assert.deepEqual((await said(chat)).slice(0, before.length), before);
  const texts = (await said(chat)).filter((text) => text.startsWith("You"));
  assert.deepEqual(texts.map((text) => text.split("\n")[0]), ["You: the first", "You: the second", "You: written meanwhile"]);
});

scenario("what was reset or deleted meanwhile is gone when the gateway answers, and is not kept", EMBEDDED, async ({ chat, page, context, server }) => {
  const line = await plug(context);
  await chat.connect();
  await chat.send("soon to be gone");
  await chat.reaches("soon to be gone", "confirmed");
  await chat.idle();
  await isKept(page, "soon to be gone");
  line.mode = "out";
  await page.goto("about:blank");
  const other = await Wire.open(server, ["operator.admin", "operator.read", "operator.write"]);
  await other.request("sessions.reset", { key: "agent:main:main" });
  other.close();
  await page.goto(server.page);
  await chat.reaches("soon to be gone", "confirmed");
  line.mode = "through";
  await chat.isReady();
  await until("nothing of it is shown", async () => (await chat.messages()).length === 0);
  await until("nothing of it is kept", async () => !JSON.stringify(await kept(page)).includes("soon to be gone"));
});

scenario("what the gateway hides from now on is neither shown nor kept", EMBEDDED, async ({ chat, page, context }) => {
  const line = await plug(context);
  await chat.connect();
  await chat.send("no longer for me");
  await chat.reaches("no longer for me", "confirmed");
  await chat.idle();
  await isKept(page, "> no longer for me"); // As the reply quotes it: nothing more is to be written.
  line.mode = "hiding";
  await page.reload();
  await chat.hasStatus("Connected");
  await until("nothing of it is kept", async () => !JSON.stringify(await kept(page)).includes("no longer for me"));
  await until("nothing of it is shown", async () => (await chat.own("no longer for me").count()) === 0);
});

scenario("what is kept is bounded, has no bytes of files, and goes with the device", EMBEDDED, async ({ chat, page }) => {
  await chat.connect();
  const bytes = Buffer.alloc(30_000, "QUJD").toString("base64");
  await page.locator("input[type=file]").setInputFiles([{ name: "secret.png", mimeType: "image/png", buffer: Buffer.from(bytes, "base64") }]);
  await chat.send("with a file");
  await chat.reaches("with a file", "confirmed");
  await chat.idle();
  for (const words of ["one [big:150000]", "two [big:150000]", "three [big:150000]"]) {
    await chat.send(words);
    await chat.reaches(words, "confirmed");
    await chat.idle({ within: 60_000 });
  }
  await isKept(page, "three [big");
  const all = JSON.stringify(await kept(page));
  assert.ok(all.length < 350_000, `${all.length} letters`);
  assert.ok(!all.includes(bytes.slice(0, 60)), "no bytes of the file");

  await page.getByRole("button", { name: "Change gateway" }).click();
  await page.getByRole("button", { name: "Forget this device" }).click();
  await page.getByRole("group", { name: chat.words("forget-question"), exact: true }).getByRole("button").first().click();
  await page.getByText(chat.words("device-forgotten")).waitFor();
  assert.deepEqual(await kept(page), {});
});

scenario("what another device kept, or somebody else wrote there, is not shown and does no harm", EMBEDDED, async ({ chat, page, context }) => {
  const line = await plug(context);
  await chat.connect();
  await chat.send("only for me");
  await chat.reaches("only for me", "confirmed");
  await chat.idle();
  await isKept(page, "> only for me"); // As the reply quotes it: nothing more is to be written.
  const own = Object.values(await kept(page))[0];
  for (const value of [{ ...own, device: "another" }, { rows: "{" }, { rows: '{"messages":[null,5,{"content":7}],"sessionId":{}}' }, { rows: "null" }, 5]) {
    line.mode = "out";
    await overwrite(page, value);
    await page.reload();
    await chat.says(/^(Connecting|Reconnecting|Offline)/);
    await chat.message.fill("still here");
    assert.equal(await chat.own("only for me").count(), 0, JSON.stringify(value));
    line.mode = "through";
    await chat.reaches("only for me", "confirmed", { within: 60_000 });
    await until("it is kept anew", async () => {
      const now = Object.values(await kept(page))[0];
      return now?.device === own.device && now.rows.includes("> only for me");
    });
  }
});
