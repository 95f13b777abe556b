// The official client of OpenClaw, unchanged, chats with our embedded gateway.
import assert from "node:assert/strict";
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { Site, isQuiet, scenario, until } from "./harness/index.mjs";

const ADAPTER = fileURLToPath(new URL("./harness/official-client.js", import.meta.url));

async function bundled() {
  const options = { bundle: true, format: "esm", platform: "browser", write: false, logLevel: "error" };
  const { outputFiles } = await build({ ...options, entryPoints: [ADAPTER] });
  return outputFiles[0].text;
}

// On the real gateway the same journey shows that the adapter is right.
scenario("the official client connects, chats, reads the history, and comes back after a cut", {}, async ({ page, server }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const files = {
    "/index.html":
      '<!doctype html><meta charset="utf-8"><title>Official</title><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>',
    "/app.js": await bundled(),
  };
  const site = await Site.start({ files });
  try {
    await page.goto(site.url);
    await page.waitForFunction(() => globalThis.connectOfficially);
    const hello = await page.evaluate(
      async ([url, token]) => {
        globalThis.official = await connectOfficially(url, token);
        return official.hellos[0];
      },
      [server.gateway, server.token],
    );
    assert.equal(hello.type, "hello-ok");
    assert.equal(hello.protocol, 4);
    assert.deepEqual(hello.auth.scopes, ["operator.read", "operator.write"]);
    assert.equal(typeof hello.auth.deviceToken, "string");

    await isQuiet(server);
    const runId = await page.evaluate(async (message) => {
      const idempotencyKey = crypto.randomUUID();
      const ack = await official.client.request("chat.send", { sessionKey: "agent:main:main", message, idempotencyKey });
      if (ack.runId !== idempotencyKey || ack.status !== "started") throw new Error(JSON.stringify(ack));
      return idempotencyKey;
    }, `officially ${mark} [chunks:8:100]`);
    const chatOf = (runId) =>
      page.evaluate((runId) => {
        const ofRun = official.events.filter(({ event, payload }) => event === "chat" && payload.runId === runId);
        return ofRun.map(({ payload }) => payload);
      }, runId);
    const frames = await until("the run has ended", async () => {
      const frames = await chatOf(runId);
      return frames.some(({ state }) => state === "final") && frames;
    });
    const deltas = frames.filter(({ state }) => state === "delta");
    assert.ok(deltas.length >= 2, `${deltas.length} deltas`);
    assert.equal(deltas.map(({ deltaText }) => deltaText).join(""), "w1 w2 w3 w4 w5 w6 w7 w8");
    assert.equal(frames.at(-1).message.content[0].text, "w1 w2 w3 w4 w5 w6 w7 w8");
    assert.equal(frames.filter(({ state }) => state === "final").length, 1);

    const rows = () =>
      page.evaluate(async (mark) => {
        const { messages } = await official.client.request("chat.history", { sessionKey: "agent:main:main", limit: 50 });
        const at = messages.findIndex(({ content }) => JSON.stringify(content).includes(mark));
        return messages.slice(at).map(({ role }) => role);
      }, mark);
    // The real gateway may write a row after its run has ended.
    await until("the history has the answer", async () => (await rows()).length > 1);
    assert.deepEqual(await rows(), ["user", "assistant"]);

    await server.cut();
    await page.waitForFunction(() => official.hellos.length === 2);
    assert.deepEqual(await rows(), ["user", "assistant"]);
    const gaps = await page.evaluate(() => official.events.filter(({ event }) => event === "gap"));
    assert.deepEqual(gaps, [], "frame numbers have no holes");
  } finally {
    await site.stop();
  }
});
