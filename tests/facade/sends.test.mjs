// What a message that was sent tells of itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, connected, connecting, settled } from "./harness/index.mjs";

/** How a promise stands by now. */
async function standing(promise) {
  let now = "pending";
  promise.then(() => (now = "resolved"), ({ code }) => (now = code));
  await settled();
  return now;
}

test("stored is pending until the module knows, and says whether the next page finds it", async () => {
  const { client, raw } = await connected();
  for (const durable of [true, false]) {
    const sent = client.send("keep this");
    assert.equal(await standing(sent.stored), "pending");
    raw.keep(sent.key, durable);
    assert.deepEqual(await sent.stored, { durable });
    assert.deepEqual(await sent.stored, { durable }, "also for who asks later");
  }
});

test("a message that is under way can be dismissed; its promises say so, the others go on", async () => {
  const { client, raw } = await connected();
  const [one, other] = [client.send("one"), client.send("other")];
  const waiting = [one.accepted, one.confirmed].map((promise) => promise.catch(codeOf));
  raw.notify("outbox", { key: one.key, state: "sending" });
  assert.equal(one.cancel(), false);
  assert.equal(one.dismiss(), true);
  assert.deepEqual(await Promise.all(waiting), ["dismissed", "dismissed"]);
  assert.equal(one.state, "removed");
  assert.equal(await standing(other.confirmed), "pending");
  assert.equal(other.state, "queued");
  assert.equal(one.dismiss(), false);
});

test("what another tab dismissed is dismissed here, what was taken back is removed", async () => {
  const { client, raw } = await connected();
  const [dismissed, removed] = [client.send("one"), client.send("other")];
  const ends = [dismissed, removed].map(({ confirmed }) => confirmed.catch(codeOf));
  raw.notify("outbox", { key: dismissed.key, state: "removed", reason: "dismissed" });
  raw.notify("outbox", { key: removed.key, state: "removed" });
  assert.deepEqual(await Promise.all(ends), ["dismissed", "removed"]);
});

test("what parked can be dismissed by its key, and a key that nobody has cannot", async () => {
  const { client, raw } = await connected();
  const sent = client.send("refused");
  raw.notify("outbox", { key: sent.key, state: "parked", reason: "missing-scope" });
  assert.equal(await sent.confirmed.catch(codeOf), "parked");
  assert.equal(client.dismiss(sent.key), true);
  assert.deepEqual(client.entries(), []);
  assert.equal(client.dismiss("nobody's"), false);
  assert.throws(() => client.dismiss(5), TypeError);
});

test("a message that the outbox did not let go is followed on", async () => {
  const { client, raw } = await connected();
  const sent = client.send("stays");
  raw.dismiss = () => false;
  assert.equal(sent.dismiss(), false);
  raw.notify("outbox", { key: sent.key, state: "confirmed" });
  await sent.confirmed;
});

test("a refused message says why in its error", async () => {
  const { client, raw } = await connecting();
  const sent = client.send("x");
  raw.notify("outbox", { key: sent.key, state: "unconfirmed", reason: "no-row" });
  await assert.rejects(sent.confirmed, { code: "unconfirmed", message: /no-row/, sent: true });
});
