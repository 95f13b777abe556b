// The page behind proxies: below a path, and with a sign-in in front of it.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { scenario } from "./harness/index.mjs";
import { Gate } from "./harness/gate.mjs";

/** Longer than many attempts of a page that does not slow down. */
const QUIET_MS = 8_000;

const OPEN = { servers: ["embedded"], firefox: ["embedded"] };

async function behind(server, options, act) {
  const gate = await Gate.start(server.page, options);
  try {
    await act(gate);
  } finally {
    await gate.stop();
  }
}

scenario("below a path that the proxy takes away, the page finds its files and its gateway", { ...OPEN, server: { open: true } }, async ({ chat, page, server }) => {
  await behind(server, { path: "/claw" }, async (gate) => {
    await page.goto(gate.page);
    await chat.isReady();
    await chat.send("through the path");
    await chat.reaches("through the path", "confirmed");
  });
});

scenario("where the proxy says which path it takes away, the slash may be left out", { servers: ["embedded"] }, async ({ chat, page, server }) => {
  await behind(server, { path: "/claw", headers: { "x-forwarded-prefix": "/claw" } }, async (gate) => {
    await page.goto(`${gate.page.slice(0, -1)}#token=${server.token}`);
    // Who comes through a proxy is nobody of this machine.
    await chat.hasStatus("Waiting for approval");
    await server.approve(await chat.requestId());
    await chat.isReady();
  });
});

scenario("below a path that the proxy keeps, the page works with the slash and without", { servers: ["embedded"], server: { open: true, relay: ["--base-path", "/claw"] } }, async ({ chat, page, server }) => {
  await behind(server, { path: "/claw", keeps: true }, async (gate) => {
    for (const address of [gate.page, gate.page.slice(0, -1)]) {
      await page.goto(address);
      await chat.isReady();
      assert.equal(page.url(), gate.page);
    }
  });
});

scenario("a sign-in in front that has ended is told, a reload is offered, and nobody hammers", { servers: ["embedded"], server: { open: true } }, async ({ chat, page, server }) => {
  await behind(server, {}, async (gate) => {
    await page.goto(gate.page);
    await chat.isReady();
    gate.signOut();
    await chat.says(/^Offline: The sign-in in front of this server may have ended\./);
    const reload = page.getByRole("button", { name: "Reload", exact: true });
    await reload.waitFor();
    await chat.send("written meanwhile");
    await chat.reaches("written meanwhile", "queued");
    const before = gate.upgrades;
    await sleep(QUIET_MS);
    assert.equal(gate.upgrades, before);
    gate.isSignedOut = false;
    await reload.click();
    await chat.isReady();
    await chat.reaches("written meanwhile", "confirmed");
  });
});
