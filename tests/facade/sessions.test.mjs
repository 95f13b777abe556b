// The list of sessions that keeps itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, connected, connecting, settled } from "./harness/index.mjs";

const row = (key, updatedAt, more = {}) => ({ key, kind: "direct", updatedAt, ...more });
const LIST = { sessions: [row("a", 2, { label: "A" }), row("b", 1)], hasMore: false };

async function listed(t, params) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { client, raw } = await connected();
  const list = client.sessions(params);
  raw.answer("sessions.list", LIST);
  await settled();
  const keys = () => list.state.sessions.map(({ key }) => key).join("");
  return { client, raw, list, keys, asked: () => raw.asked("sessions.list").length };
}

test("a list subscribes, reads, and tells when it has", async (t) => {
  const { raw, list, keys } = await listed(t, { limit: 20, includeDerivedTitles: true });
  assert.equal(raw.asked("sessions.subscribe").length, 1);
  assert.deepEqual(raw.asked("sessions.list")[0].params, { limit: 20, includeDerivedTitles: true });
  assert.deepEqual([list.state.loaded, list.state.hasMore, list.state.error, keys()], [true, false, undefined, "ab"]);
});

test("a list that is opened without a connection begins with it, and anew with each", async () => {
  const { client, raw } = await connecting();
  const list = client.sessions();
  assert.deepEqual([list.state.loaded, raw.requests.length], [false, 0]);
  for (const times of [1, 2]) {
    raw.ready();
    assert.equal(raw.asked("sessions.subscribe").length, times);
    assert.equal(raw.asked("sessions.list").length, times);
  }
});

test("an event changes its row, takes away what is null, and brings it to the top, without asking", async (t) => {
  const { raw, list, keys, asked } = await listed(t);
  let changes = 0;
  list.subscribe(() => (changes += 1));
  const before = list.state;
  raw.event("sessions.changed", { sessionKey: "b", reason: "patch", session: { key: "b", label: "Renamed", updatedAt: 5 } });
  assert.equal(keys(), "ba");
  assert.deepEqual([list.state.sessions[0].label, list.state.sessions[0].kind, changes], ["Renamed", "direct", 1]);
  assert.notEqual(list.state, before);
  assert.equal(before.sessions.length, 2, "a state that was taken stays as it was");
  raw.event("sessions.changed", { sessionKey: "b", session: { key: "b", label: null } });
  assert.equal("label" in list.state.sessions[0], false);
  t.mock.timers.tick(10_000);
  assert.equal(asked(), 1);
});

test("a deleted session goes at once; a new one is asked for, once for many events", async (t) => {
  const { raw, keys, asked } = await listed(t);
  raw.event("sessions.changed", { sessionKey: "a", reason: "delete" });
  assert.equal(keys(), "b");
  for (let at = 0; at < 8; at += 1) raw.event("sessions.changed", { sessionKey: `new${at}`, reason: "create", session: row(`new${at}`, 9) });
  raw.event("sessions.changed", { reason: "delete" });
  t.mock.timers.tick(10_000);
  assert.equal(asked(), 2);
  raw.answer("sessions.list", { sessions: [row("n", 9), row("b", 1)] });
  await settled();
  assert.equal(keys(), "nb");
});

test("a session that is not of the list is asked for once, and again when it may have come to be", async (t) => {
  const { raw, asked } = await listed(t, { agentId: "main" });
  const tell = async (reason) => {
    raw.event("sessions.changed", { sessionKey: "x", reason, session: row("x", 9) });
    t.mock.timers.tick(10_000);
    raw.answer("sessions.list", LIST);
    await settled();
  };
  for (const reason of ["send", "participants", undefined, "agent.input.settled"]) await tell(reason);
  assert.equal(asked(), 2);
  await tell("patch");
  assert.equal(asked(), 3);
});

test("last words are read when a run has ended, and not taken from events, which are behind", async (t) => {
  const { raw, list, asked } = await listed(t, { includeLastMessage: true });
  raw.answer("sessions.list", LIST);
  raw.event("sessions.changed", { sessionKey: "a", phase: "model", session: { key: "a", lastMessagePreview: "the question" } });
  t.mock.timers.tick(10_000);
  assert.deepEqual([asked(), list.state.sessions[0].lastMessagePreview], [1, undefined]);
  raw.event("sessions.changed", { sessionKey: "a", phase: "end", session: { key: "a" } });
  t.mock.timers.tick(10_000);
  assert.equal(asked(), 2);
});

test("what happens while an answer is under way is not lost, and an old answer does not win", async (t) => {
  const { raw, keys } = await listed(t);
  raw.notify("gap");
  const [, old] = raw.asked("sessions.list");
  raw.event("sessions.changed", { sessionKey: "b", session: { key: "b", updatedAt: 9 } });
  t.mock.timers.tick(1_000);
  raw.answer("sessions.list", { sessions: [row("b", 9), row("a", 2)] });
  raw.settle(old.id, { ok: true, payload: LIST }, false);
  await settled();
  assert.equal(keys(), "ba");
});

test("a list that cannot be read says why, and asks again only where that may help", async (t) => {
  const { raw, list, keys, asked } = await listed(t);
  raw.notify("gap");
  raw.refuse("sessions.list", { code: "FORBIDDEN", message: "no" });
  await settled();
  assert.deepEqual([codeOf(list.state.error), keys()], ["FORBIDDEN", "ab"]);
  t.mock.timers.tick(60_000);
  assert.equal(asked(), 2);
  raw.notify("gap");
  raw.refuse("sessions.list", { code: "UNAVAILABLE", message: "starting", retryable: true });
  await settled();
  t.mock.timers.tick(60_000);
  assert.equal(asked(), 4);
  raw.answer("sessions.list", LIST);
  await settled();
  assert.equal(list.state.error, undefined);
});

test("a strange answer is an empty list, and a strange event nothing", async (t) => {
  const { raw, list } = await listed(t);
  for (const payload of [null, {}, { session: 5 }, { session: { key: {} } }, { sessionKey: "a", session: "x" }]) raw.event("sessions.changed", payload);
  t.mock.timers.tick(1_000);
  raw.answer("sessions.list", { sessions: [null, 5, { key: 1 }, row("a", 1)] });
  await settled();
  assert.deepEqual(list.state.sessions.map(({ key }) => key), ["a"]);
  raw.notify("gap");
  raw.answer("sessions.list", null);
  await settled();
  assert.deepEqual([list.state.sessions, list.state.error], [[], undefined]);
});

test("a closed list says so and asks for nothing more, and ends with its client", async (t) => {
  const { client, raw, list, asked } = await listed(t);
  const { subscribe, getSnapshot } = list;
  let told = 0;
  subscribe(() => (told += 1));
  list.close();
  raw.event("sessions.changed", { sessionKey: "x", reason: "create" });
  t.mock.timers.tick(10_000);
  assert.deepEqual([getSnapshot().closed, told, asked()], [true, 1, 1]);
  assert.equal((await list.changes().next()).done, true);
  const other = client.sessions();
  await client[Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]();
  assert.deepEqual([other.state.closed, client.sessions().state.closed], [true, true]);
});
