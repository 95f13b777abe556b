// What people type wrongly, and what the world does wrongly: each gives a clear
// state with what to do, nothing typed is lost, and nothing runs in circles.
import assert from "node:assert/strict";
import { isQuiet, scenario, until } from "./harness/index.mjs";

const EMBEDDED = { servers: ["embedded"] };

/**
 * More sockets than the backoff makes in the time that these scenarios take;
 * without it there would be hundreds.
 */
const MOST_SOCKETS = 20;

const STATES = {
  "web page": /^Connecting: .*Check the address, and that the gateway runs/,
  mute: /^Connecting: The gateway did not answer in time\. Check the address/,
  garbage: /^Connecting: .*may not be a gateway.* Check the address/,
  huge: /^Connecting: .*Check the address/,
  "challenge without ts": /^Connecting: .*challenge cannot be signed.* Check the address/,
  "no scopes": /^Signed out: .*allows it nothing/,
};

scenario(
  "what is no gateway, or a strange one, gets a reason and what to do, and no more sockets than the backoff makes",
  { ...EMBEDDED, strangers: Object.keys(STATES) },
  async ({ strangers, newTab }) => {
    await Promise.all(
      Object.entries(STATES).map(async ([kind, state]) => {
        const chat = await newTab();
        const { url } = strangers[kind];
        await chat.open({ gateway: url, token: "typed" });
        await chat.says(state);
        assert.equal(await chat.address.inputValue(), url, kind);
        assert.equal(await chat.token.inputValue(), "typed", kind);
      }),
    );
    for (const [kind, { connections }] of Object.entries(strangers)) {
      assert.ok(connections > 0 && connections <= MOST_SOCKETS, `${kind}: ${connections} sockets`);
    }
  },
);

scenario(
  "an address where nobody listens is tried again with growing waits, and works once somebody does",
  EMBEDDED,
  async ({ chat, server }) => {
    await chat.open({ token: null });
    await chat.hasStatus("Signed out");
    let sockets = 0;
    chat.page.on("websocket", () => (sockets += 1));
    await server.line({ mode: "refuse" });
    await chat.token.fill(server.token);
    await chat.connectButton.click();
    await chat.says(/^Connecting: Nothing answered at that address. Check the address/);
    await until("it was tried three times", () => sockets >= 3);
    await server.line({});
    await chat.hasStatus("Connected");
    assert.ok(sockets <= MOST_SOCKETS, `${sockets} sockets`);
  },
);

scenario("what is wrong in the form is said beside the field, before any socket", EMBEDDED, async ({ chat, page, server }) => {
  await chat.open({ token: null });
  await chat.hasStatus("Signed out");
  const { accepted } = await server.counters();
  const complaint = page.getByRole("alert").filter({ hasText: /./ });

  await chat.token.fill("my secret token");
  await chat.connectButton.click();
  assert.match(await complaint.innerText(), /no spaces/);
  assert.equal(await chat.token.inputValue(), "my secret token");

  await chat.token.fill(server.token);
  await chat.address.fill("not an address");
  await chat.connectButton.click();
  assert.match(await complaint.innerText(), /no spaces/);

  await chat.address.fill("ws://:99999");
  await chat.connectButton.click();
  assert.match(await complaint.innerText(), /not a port/);
  assert.equal((await server.counters()).accepted, accepted);

  // The address of the page itself is the one at hand: it is put right by one click.
  await chat.address.fill(server.gateway.replace(/^ws/, "http"));
  await chat.connectButton.click();
  assert.match(await complaint.innerText(), /address of a web page/);
  await page.getByRole("button", { name: `Use ${server.gateway}` }).click();
  assert.equal(await chat.address.inputValue(), server.gateway);
  await chat.connectButton.click();
  await chat.hasStatus("Connected");
});

scenario(
  "an address that the policy of the page forbids shows the flag that allows it, and the draft stays",
  { ...EMBEDDED, server: { open: true } },
  async ({ chat, page, complaints }) => {
    complaints.expect(/content security policy/i);
    await chat.connect();
    await chat.message.fill("half a thought");
    await page.getByRole("button", { name: "Change gateway" }).click();
    await chat.address.fill("ws://127.0.0.1:9/");
    await chat.connectButton.click();
    await page.getByText("clawline-relay serve --gateway ws://127.0.0.1:9/").waitFor();
    await chat.hasStatus("Offline");
    await page.reload();
    await chat.hasStatus("Connected");
    assert.equal(await chat.message.inputValue(), "half a thought");
  },
);

scenario(
  "a network that swallows everything in the middle of a chat is noticed, and what was typed is sent once",
  EMBEDDED,
  async ({ chat, server, newTab }) => {
    await chat.connect();
    await server.line({ mode: "blackHole" });
    await chat.send("into the void");
    await chat.hasStatus("Reconnecting");
    await chat.message.fill("half a thought");
    const { accepted } = await server.counters();
    assert.ok(accepted <= MOST_SOCKETS, `${accepted} sockets`);
    await server.line({});
    await chat.hasStatus("Connected");
    await chat.reaches("into the void", "confirmed");
    await chat.replyTo("into the void", "void");
    assert.equal(await chat.message.inputValue(), "half a thought");
    const other = await newTab();
    await other.connect();
    await other.reaches("into the void", "confirmed");
    assert.equal((await other.said("You", "into the void")).length, 1);
  },
);

scenario("two tabs of one browser both chat, and each sees what the other says", {}, async ({ chat, newTab, server }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  await isQuiet(server);
  await chat.connect();
  const other = await newTab();
  await other.connect();
  await chat.send(`from one ${mark}`);
  await other.reaches(`from one ${mark}`, "confirmed");
  await other.replyTo(`from one ${mark}`, mark);
  await other.idle();
  await other.send(`from the other ${mark}`);
  for (const tab of [chat, other]) {
    await tab.reaches(`from the other ${mark}`, "confirmed");
    await tab.replyTo(`from the other ${mark}`, mark);
    await tab.idle();
    assert.equal((await tab.said("You", mark)).length, 2);
    assert.equal((await tab.said("Assistant", mark)).length, 2);
  }
});

/** Runs in the page before anything else. */
const WITHOUT_DATABASE = {
  "is not there": () => Object.defineProperty(globalThis, "indexedDB", { get: () => undefined }),
  "may not be used": () => {
    const refused = () => {
      throw new DOMException("The user denied permission.", "SecurityError");
    };
    Object.defineProperty(globalThis, "indexedDB", { get: refused });
  },
  "is full": () => {
    const full = () => {
      throw new DOMException("There is no room left.", "QuotaExceededError");
    };
    IDBObjectStore.prototype.put = full;
    IDBObjectStore.prototype.add = full;
  },
};

for (const [what, init] of Object.entries(WITHOUT_DATABASE)) {
  scenario(`the chat works when the browser's database ${what}, and the page says what that means`, EMBEDDED, async ({ chat, page }) => {
    await page.addInitScript(init);
    await chat.connect();
    await page.getByText("This browser keeps nothing for this page").waitFor();
    await chat.send("nothing is kept");
    await chat.reaches("nothing is kept", "confirmed");
    await chat.replyTo("nothing is kept", "kept");
  });
}

scenario("without a network the page says so, keeps what is typed, and goes on when it is back", EMBEDDED, async ({ chat, context, server }) => {
  await chat.connect();
  await context.setOffline(true);
  await server.line({ mode: "refuse" });
  await server.cut();
  await chat.says(/^Offline: This device has no network/);
  await chat.send("typed on the train");
  await chat.reaches("typed on the train", "queued");
  await server.line({});
  await context.setOffline(false);
  await chat.hasStatus("Connected");
  await chat.reaches("typed on the train", "confirmed");
  await chat.replyTo("typed on the train", "train");
});

scenario("a history without rows that can be read is told, and is no new conversation", { servers: ["embedded"] }, async ({ chat, page, context }) => {
  await context.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const frame = JSON.parse(message);
      if (frame.payload?.messages) {
        frame.payload.messages = null;
      }
      socket.send(JSON.stringify(frame));
    });
  });
  await chat.open();
  await page.getByText("The conversation could not be fetched. The gateway answered something else").waitFor();
  assert.equal(await page.getByText("This conversation is new").count(), 0);
});
