// Who may come in: tokens that are wrong, devices that must be approved.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { scenario, until } from "./harness/index.mjs";
import { Server } from "./harness/server.mjs";

/** The time in which a page that was turned away has to keep quiet. */
const QUIET_MS = 10_000;

scenario(
  "a wrong token costs at most two sockets in ten seconds, says what to do, and the right one connects",
  {},
  async ({ chat, page, server }) => {
    await chat.open({ token: null });
    await chat.hasStatus("Signed out");
    const { accepted: before } = await server.counters();
    await chat.token.fill("not-the-token");
    await chat.connectButton.click();
    await until("the token was tried", async () => (await server.counters()).accepted > before);
    const status = await chat.hasStatus("Signed out");
    assert.match(status, /token is not the gateway's/);
    await page.getByText("Enter the token from the gateway's configuration.").first().waitFor();
    await sleep(QUIET_MS);
    const { accepted } = await server.counters();
    assert.ok(accepted - before <= 2, `${accepted - before} sockets`);
    assert.equal(await chat.address.inputValue(), server.gateway);
    assert.equal(await chat.token.inputValue(), "not-the-token");

    await chat.token.fill(server.token);
    await chat.connectButton.click();
    await chat.hasStatus("Connected");
    await chat.send("let in after all");
    await chat.reaches("let in after all", "confirmed");
    await chat.idle();
  },
);

scenario(
  "when the sign-in ends in the middle, neither the draft nor what waits to be sent is lost",
  { servers: ["embedded"] },
  async ({ chat, page, server }) => {
    await chat.connect();
    await chat.hasWritten();
    // A new visit: from here on only this browser's own key signs it in.
    await page.reload();
    await chat.hasStatus("Connected");
    await server.line({ mode: "refuse" });
    await server.cut();
    await chat.hasStatus("Reconnecting");
    await chat.send("waits to be sent");
    await chat.reaches("waits to be sent", "queued");
    await chat.message.fill("half a thou");
    const devices = JSON.parse(await server.relayCommand("devices", "list", "--json"));
    for (const device of devices.paired) {
      await server.relayCommand("devices", "revoke", device.deviceId);
    }
    await server.line({});
    await chat.hasStatus("Signed out");
    await chat.token.fill(server.token);
    await chat.connectButton.click();
    // What was revoked has to be approved again.
    await chat.hasStatus("Waiting for approval");
    await server.approve(await chat.requestId());
    await chat.hasStatus("Connected");
    await chat.reaches("waits to be sent", "confirmed");
    assert.equal(await chat.message.inputValue(), "half a thou");
    assert.equal((await chat.said("You", "waits to be sent")).length, 1);
  },
);

scenario(
  "a gateway that wants a password gets a field for it, and the right one connects",
  { servers: ["embedded"], strangers: ["wants a password"] },
  async ({ chat, strangers }) => {
    const { url } = strangers["wants a password"];
    await chat.open({ gateway: url, token: null });
    await chat.says(/^Signed out: The gateway wants a password/);
    await chat.password.fill("open barley");
    await chat.connectButton.click();
    await chat.says(/^Signed out: The password is not the gateway's/);
    await chat.password.fill("open sesame");
    await chat.connectButton.click();
    await chat.hasStatus("Connected");
  },
);

const MUST_BE_APPROVED = { relay: ["--pair", "always"], gateway: { silentPairing: false } };

scenario(
  "a browser that must be approved shows the request and the command, and goes on by itself",
  { server: MUST_BE_APPROVED },
  async ({ chat, page, server }) => {
    await chat.open();
    await chat.hasStatus("Waiting for approval");
    const requestId = await chat.requestId();
    const command = await page.getByText("devices approve").innerText();
    assert.ok(command.endsWith(` devices approve ${requestId}`), command);
    assert.equal(await page.getByRole("definition").filter({ hasText: requestId }).count(), 1);
    await page.getByRole("button", { name: "Copy command" }).waitFor();

    await server.obey(command);
    await chat.hasStatus("Connected");
    await chat.send("approved at last");
    await chat.reaches("approved at last", "confirmed");
    await chat.replyTo("approved at last", "approved");
    await chat.idle();

    await page.reload();
    await chat.hasStatus("Connected");
    await chat.reaches("approved at last", "confirmed");
  },
);

scenario(
  "at another relay than the one that served the page, the command is that of the gateway that asked",
  { servers: ["embedded"] },
  async ({ chat, page, world }) => {
    const asks = await Server.start(world, "embedded", { relay: ["--pair", "always"] });
    const host = await Server.start(world, "embedded", { neighbours: [asks.gateway] });
    try {
      await page.goto(`${host.page}#${new URLSearchParams({ gateway: asks.gateway, token: asks.token })}`);
      await chat.hasStatus("Waiting for approval");
      const command = await page.getByText("devices approve").innerText();
      assert.match(command, /clawline-relay .*devices approve [0-9a-f-]{36}$/);
      await asks.obey(command);
      await chat.hasStatus("Connected");
    } finally {
      await page.goto("about:blank");
      await Promise.all([asks.stop(), host.stop()]);
    }
  },
);

scenario(
  "a gateway of which nothing is known gets no program's command",
  { servers: ["embedded"], strangers: ["wants approval"] },
  async ({ chat, page, strangers }) => {
    await chat.open({ gateway: strangers["wants approval"].url, token: null });
    await chat.hasStatus("Waiting for approval");
    await page.getByText("Approve the request below").waitFor();
    await page.getByRole("definition").filter({ hasText: "request-1" }).waitFor();
    assert.equal(await page.getByText("devices approve").count(), 0);
  },
);

for (const [what, link] of [
  ["the official dashboard's", ({ gateway, token }) => `#gatewayUrl=${encodeURIComponent(gateway)}&token=${token}`],
  ["one with a query", ({ gateway, token }) => `?gatewayUrl=${encodeURIComponent(gateway)}&token=${token}&theme=x`],
  ["one with the address of a page", ({ gateway, token }) => `#url=${gateway.replace("ws:", "http:")}&token=${token}`],
]) {
  scenario(`a link to a gateway is taken as it is meant: ${what}`, { servers: ["embedded"] }, async ({ chat, page, server }) => {
    await page.goto(server.page + link(server));
    await chat.hasStatus("Connected");
    assert.ok(!page.url().includes(server.token), page.url());
    assert.ok(!page.url().includes("gateway"), page.url());
  });
}

scenario(
  "a link with a token and an address that cannot be understood sends nothing to anybody",
  { servers: ["embedded"] },
  async ({ chat, page, server, frames }) => {
    // A visit before: there is a gateway that was used last.
    await chat.connect();
    const before = frames.length;
    for (const [address, words] of [
      ["", /Type the address/],
      ["gate.example", /begins with ws/],
      ["ftp://h", /not with ftp/],
      ["%FF%FE", /Type the address/],
    ]) {
      await page.goto("about:blank");
      await page.goto(`${server.page}#gatewayUrl=${address}&token=not-for-you`);
      await page.getByText(words).first().waitFor();
      await chat.hasStatus("Offline");
    }
    const later = frames.slice(before).filter(({ text }) => text.includes("not-for-you"));
    assert.deepEqual(later, []);
    // A token alone is for the server of the page.
    await page.goto("about:blank");
    await page.goto(`${server.page}#token=${server.token}`);
    await chat.hasStatus("Connected");
  },
);
