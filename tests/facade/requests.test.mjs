// What a gateway refuses, in words that help.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HELLO, connected } from "./harness/index.mjs";

const HIDES = { code: "FORBIDDEN", message: "missing scope: operator.admin", details: { code: "MISSING_SCOPE", missingScope: "operator.admin" } };

/** How a gateway's refusal of a method is told. */
async function refused(method, error, hello) {
  const { client, raw } = await connected();
  if (hello !== undefined) raw.ready(hello);
  const asked = client.call(method, {}).catch((why) => why);
  raw.refuse(method, error);
  return asked;
}

test("a method that the gateway does not have is told as such, not as a missing scope", async () => {
  const why = await refused("nope", HIDES);
  assert.deepEqual([why.code, why.sent], ["unknown-method", true]);
  assert.match(why.message, /2026\.9\.6.*nope/);
  assert.match(why.advice, /features\.methods/);
  assert.equal(why.gateway.code, "FORBIDDEN");
});

test("a gateway that says itself that it does not know a method is taken at its word", async () => {
  const why = await refused("nope", { code: "INVALID_REQUEST", message: "unknown method: nope" });
  assert.equal(why.code, "unknown-method");
});

test("a method that is listed, or published, lacks its scope", async () => {
  assert.equal((await refused("a.plugin", HIDES)).code, "MISSING_SCOPE");
  // Published and left out of the list (2026.9.6).
  assert.equal((await refused("sessions.resolve", HIDES)).code, "MISSING_SCOPE");
});

test("where a gateway lists nothing, it is not said what it has", async () => {
  const { methods, ...features } = HELLO.features;
  assert.equal((await refused("nope", HIDES, { ...HELLO, features })).code, "MISSING_SCOPE");
  assert.equal((await refused("nope", HIDES, { ...HELLO, features: { ...features, methods: [] } })).code, "MISSING_SCOPE");
});

test("other refusals stay what they are", async () => {
  assert.equal((await refused("nope", { code: "UNAVAILABLE", message: "starting" })).code, "UNAVAILABLE");
  assert.equal((await refused("nope", { ...HIDES, message: "missing scope: operator.write" })).code, "MISSING_SCOPE");
});
