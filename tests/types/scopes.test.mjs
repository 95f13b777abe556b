// What a client can know of scopes before it asks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { missingScope } from "../../pkg/lib/scopes.js";

const READ = ["operator.read"];

test("a method says which scope is missing", () => {
  assert.equal(missingScope("chat.send", READ), "operator.write");
  assert.equal(missingScope("sessions.reset", ["operator.read", "operator.write"]), "operator.admin");
  assert.equal(missingScope("device.pair.list", []), "operator.pairing");
  assert.equal(missingScope("exec.approval.resolve", READ), "operator.approvals");
});

test("nothing is missing where the scope is there", () => {
  assert.equal(missingScope("chat.history", READ), undefined);
  assert.equal(missingScope("exec.approval.list", ["operator.approvals"]), undefined);
});

test("admin holds every scope, write holds read and talk", () => {
  for (const method of ["chat.history", "chat.send", "sessions.reset", "device.pair.approve", "talk.speak"]) {
    assert.equal(missingScope(method, ["operator.admin"]), undefined, method);
  }
  assert.equal(missingScope("chat.history", ["operator.write"]), undefined);
  assert.equal(missingScope("talk.speak", ["operator.write"]), undefined);
  assert.equal(missingScope("talk.speak", READ), "operator.talk");
  assert.equal(missingScope("chat.send", READ), "operator.write");
});

test("the gateway decides what cannot be known here", () => {
  // A plugin's method, one that depends on its params, one for nodes, and a scope for single sessions.
  assert.equal(missingScope("no.such.method", []), undefined);
  assert.equal(missingScope("sessions.create", []), undefined);
  assert.equal(missingScope("node.event", []), undefined);
  assert.equal(missingScope("chat.send", ["operator.sessions.write"]), undefined);
});
