// The judge of the chaos, judged: what is wrong is found, what is right passes.
import assert from "node:assert/strict";
import { Judge, check, overtaken, reckon } from "./harness/index.mjs";

const SESSION = "agent:main:a";

/** Writes a log as a proxy would: each line a millisecond after the one before unless told otherwise. */
class Log {
  judge = new Judge({ crossingMs: 250 });
  #at = 0;
  #id = 0;

  #take(line) {
    this.judge.take({ at: (this.#at += 1), ...line });
  }

  wait(millis) {
    this.#at += millis;
    return this;
  }

  #asked(c, method, params, payload) {
    const id = `${(this.#id += 1)}`;
    this.#take({ c, dir: "out", frame: { type: "req", id, method, params } });
    if (payload) {
      this.#take({ c, dir: "in", frame: { type: "res", id, ok: true, payload } });
    }
    return this;
  }

  hello(c, bootId, durable = false) {
    const features = { capabilities: durable ? ["durable-idempotency-keys"] : [] };
    return this.#asked(c, "connect", {}, { server: { bootId }, features });
  }

  send(c, key, text = "hi", sessionKey = SESSION) {
    return this.#asked(c, "chat.send", { idempotencyKey: key, message: text, sessionKey });
  }

  history(c, keys, interrupted = []) {
    const messages = keys.map((key) => ({ role: "user", content: "hi", idempotencyKey: `${key}:user` }));
    const items = interrupted.map((runId) => ({ runId, state: "interrupted" }));
    return this.#asked(c, "chat.history", {}, { messages, pendingInputs: { items } });
  }

  live(c, key, lost = false) {
    const message = { role: "user", idempotencyKey: `${key}:user` };
    this.#take({ c, dir: "in", lost, frame: { type: "event", event: "session.message", payload: { message } } });
    return this;
  }
}

const blamed = (log, pattern) => {
  assert.equal(log.judge.violations.length, 1, log.judge.violations.join("\n"));
  assert.match(log.judge.violations[0], pattern);
};

const clean = (log) => assert.deepEqual(log.judge.violations, []);

check("the judge passes what the table allows", () => {
  clean(new Log().hello("1", "a").send("1", "k").hello("2", "a").history("2", []).send("2", "k").live("2", "k"));
  clean(new Log().hello("1", "a", true).send("1", "k").wait(600_000).hello("2", "b", true).history("2", []).send("2", "k"));
  clean(new Log().hello("1", "a").send("1", "k").hello("2", "b").history("2", [], ["k"]).send("2", "k.2"));
  // Swallowed on the way: the page never had it.
  clean(new Log().hello("1", "a").send("1", "k").live("1", "k", true).hello("2", "a").history("2", []).send("2", "k"));
});

check("the judge finds a repeat of what the client had seen in history", () => {
  blamed(new Log().hello("1", "a").send("1", "k").hello("2", "a").history("2", ["k"]).send("2", "k"), /seen in history/);
  blamed(new Log().hello("1", "a").send("1", "k").live("1", "k").wait(300).send("1", "k"), /seen in a live event/);
});

check("the judge excuses only a live event that was under way", () => {
  const log = new Log().hello("1", "a").send("1", "k").live("1", "k").wait(100).send("1", "k");
  clean(log);
  assert.equal(log.judge.counts.crossed, 1);
});

check("the judge finds a repeat to another process of the gateway, or after its memory", () => {
  blamed(new Log().hello("1", "a").send("1", "k").hello("2", "b").history("2", []).send("2", "k"), /boot a, this is b/);
  blamed(new Log().hello("1", "a").send("1", "k").wait(241_000).send("1", "k"), /may have forgotten/);
});

check("the judge finds a key that is used twice, dead, renewed for nothing, or sent before a hello", () => {
  blamed(new Log().hello("1", "a").send("1", "k", "one").send("1", "k", "two"), /used before/);
  blamed(new Log().hello("1", "a").send("1", "k").history("1", [], ["k"]).send("1", "k"), /never runs/);
  blamed(new Log().hello("1", "a").send("1", "k").send("1", "k.2"), /nobody called interrupted/);
  blamed(new Log().send("1", "k"), /before a hello/);
});

const typed = (text, key = text, tab = 1) => ({ text, key, session: SESSION, tab });
const row = (text, key = text) => ({ role: "user", content: text, idempotencyKey: `${key}:user` });

check("the reckoning finds what is missing, double, stale or nobody's", () => {
  const found = reckon({
    typed: [typed("a"), typed("b"), typed("c"), typed("d"), typed("e"), { ...typed("f"), key: undefined }, typed("g"), typed("h")],
    rows: { [SESSION]: [row("a"), row("b"), row("b", "b.2"), row("e"), row("x"), row("h", "h.2"), { ...row("s"), provenance: {} }, { ...row("o"), idempotencyKey: "followup-overflow:x" }] },
    entries: [
      { key: "d.2", state: "unconfirmed" },
      { key: "e", state: "unconfirmed" },
      { key: "g", state: "queued" },
    ],
  });
  assert.equal(found.once, 3);
  assert.equal(found.unconfirmed, 1);
  assert.equal(found.untaken, 1);
  assert.deepEqual(found.double.map((what) => what[0]), ["b"]);
  assert.deepEqual(found.missing.map((what) => what[0]), ["c"]);
  assert.deepEqual(found.stale.map((what) => what[0]), ["e"]);
  assert.deepEqual(found.waiting.map((what) => what[0]), ["g"]);
  assert.equal(found.strangers.length, 1);
  assert.deepEqual(found.dropped, ["o"]);
});

check("the reckoning finds what left before something that was typed earlier in the same tab", () => {
  const all = [typed("a"), typed("b"), typed("c"), typed("d", "d", 2)];
  assert.deepEqual(overtaken(all, [{ key: "a" }, { key: "d" }, { key: "b" }, { key: "c" }, { key: "b.2" }]), []);
  assert.equal(overtaken(all, [{ key: "b" }, { key: "a" }, { key: "c" }]).length, 1);
});
