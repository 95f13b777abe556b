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

test("a method that is listed, or needs that scope anyway, lacks its scope", async () => {
  assert.equal((await refused("a.plugin", HIDES)).code, "MISSING_SCOPE");
  // Published, for administrators, and left out of the list (2026.9.6).
  const { client } = await connected();
  await assert.rejects(client.call("chat.inject"), { code: "MISSING_SCOPE", sent: false });
});

test("a method that is published with a smaller scope, and refused for the largest, is not there", async () => {
  // Published, and not there (2026.9.6).
  assert.equal((await refused("assistant.media.get", HIDES)).code, "unknown-method");
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

/** What `fetch` was asked by `client.media(…)`, and what that came to. */
async function fetched(t, options, answer) {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (url, init) => (asked.push({ url: url.href, ...init }), answer()));
  const { client } = await connected(options);
  const got = await client.media("media://inbound/a b.png").catch((why) => why);
  return { asked: asked[0], got };
}

test("a file of a row is fetched beside the socket, with the secret in no address", async (t) => {
  const { asked, got } = await fetched(t, { url: "wss://example.org/claw?ticket=1#x", auth: async () => ({ token: "secret" }) }, () => new Response("bytes"));
  assert.match(asked.url, /^https:\/\/example\.org\/claw\/__openclaw__\/assistant-media\?source=media%3A%2F%2Finbound%2Fa/);
  assert.doesNotMatch(asked.url, /secret|ticket/);
  assert.deepEqual([asked.headers.authorization, asked.redirect], ["Bearer secret", "error"]);
  assert.equal(await got.text(), "bytes");
});

test("a file that the gateway does not give says so, and what is no file's address is refused", async (t) => {
  assert.equal((await fetched(t, {}, () => new Response("", { status: 404 }))).got.code, "media-unavailable");
  const lost = await fetched(t, {}, () => Promise.reject(new TypeError("Failed to fetch")));
  assert.equal(lost.got.code, "media-unavailable");
  assert.match(lost.got.advice, /own origin/);
  const { client } = await connected();
  await assert.rejects(client.media("https://example.org/x.png"), TypeError);
});
