// A page as a node of the gateway: it lends its abilities to the agent.
import assert from "node:assert/strict";
import { Wire, packageSite, scenario, until } from "./harness/index.mjs";

const NODE = {
  role: "node",
  scopes: [],
  caps: ["camera", "location"],
  commands: ["camera.snap", "location.get"],
  permissions: { camera: true },
};

/** A gateway lets nobody look through a camera until its configuration does. */
const ALLOWED = { gateway: { nodes: { commands: { allow: ["camera.snap"] } } } };

/** A scenario with a page that is a node, approved by the gateway's owner. */
function withNode(name, act, prepare = () => {}) {
  scenario(name, { servers: ["openclaw"], server: { gateway: { config: ALLOWED } } }, async (stage) => {
    const { page, server } = stage;
    const site = await packageSite();
    // The gateway may still list the tab of the scenario before.
    const displayName = `a tab ${crypto.randomUUID().slice(0, 8)}`;
    const owner = await Wire.open(server, ["operator.read", "operator.write", "operator.pairing"]);
    try {
      await prepare(page);
      await page.goto(site.url);
      await page.waitForFunction(() => globalThis.start);
      await page.evaluate(
        (options) => {
          globalThis.asked = [];
          start(options);
          client.onInvoke("camera.snap", async (params) => {
            asked.push(params);
            await globalThis.hold;
            return { format: "png", base64: "iVBORw0KGgo=" };
          });
          client.onInvoke("location.get", () => {
            throw new Error("no satellite in sight");
          });
        },
        { ...NODE, displayName, url: server.gateway, auth: { token: server.token } },
      );
      const node = await until("the gateway lists the node with what it may be asked for", async () => {
        const { pending } = await owner.request("node.pair.list", {});
        for (const { requestId } of pending) await owner.request("node.pair.approve", { requestId });
        const { nodes } = await owner.request("node.list", {});
        // It is paired before the owner has approved its commands.
        return nodes.find(({ displayName: name, connected, commands }) => name?.startsWith(displayName) && connected && commands.includes("camera.snap"));
      });
      const invoke = (command, params = {}) =>
        owner.request("node.invoke", { nodeId: node.nodeId, command, params, timeoutMs: 20_000, idempotencyKey: crypto.randomUUID() });
      await act({ ...stage, owner, node, invoke });
    } finally {
      owner.close();
      await site.stop();
    }
  });
}

withNode("the owner approves a page as a node, and an agent gets a picture from it", async ({ node, invoke, page }) => {
  assert.deepEqual([...node.caps].sort(), ["camera", "location"]);
  const answer = await invoke("camera.snap", { facing: "front" });
  assert.deepEqual(JSON.parse(answer.payloadJSON ?? JSON.stringify(answer.payload)), { format: "png", base64: "iVBORw0KGgo=" });
  assert.deepEqual(await page.evaluate(() => asked), [{ facing: "front" }]);
});

withNode("what a node cannot do it says in words", async ({ invoke }) => {
  const why = await invoke("location.get").catch((error) => error);
  assert.match(`${why?.message ?? JSON.stringify(why)}`, /no satellite in sight/);
});

withNode("a node that lost its connection answers again, each call once", async ({ server, node, invoke, page, owner }) => {
  const released = page.evaluate(() => {
    globalThis.hold = new Promise((resolve) => (globalThis.release = resolve));
  });
  await released;
  const interrupted = invoke("camera.snap", { which: "interrupted" }).catch((error) => error);
  await until("the node is asked", () => page.evaluate(() => asked.length === 1));
  await server.cut();
  await page.evaluate(() => release());
  await interrupted;
  await until("the node is back", async () => {
    const { nodes } = await owner.request("node.list", {});
    return nodes.some(({ nodeId, connected }) => nodeId === node.nodeId && connected);
  });
  const answer = await invoke("camera.snap", { which: "next" });
  assert.equal(JSON.parse(answer.payloadJSON ?? JSON.stringify(answer.payload)).format, "png");
  assert.deepEqual(await page.evaluate(() => asked.map(({ which }) => which)), ["interrupted", "next"]);
});

/** Says each invocation twice, to a page without locks: with them, the first one to run it would keep it for a while. */
async function askTwice(page) {
  await page.addInitScript(() => Object.defineProperty(navigator, "locks", { value: undefined }));
  await page.routeWebSocket(/^ws/, (socket) => {
    socket.connectToServer().onMessage((text) => {
      socket.send(text);
      const { seq: _, ...again } = JSON.parse(text);
      if (again.event === "node.invoke.request") socket.send(JSON.stringify(again));
    });
  });
}

withNode("a node that is asked again for the same runs it once", async ({ invoke, page }) => {
  await invoke("camera.snap", { which: "one" });
  await invoke("camera.snap", { which: "two" });
  assert.deepEqual(await page.evaluate(() => asked.map(({ which }) => which)), ["one", "two"]);
}, askTwice);
