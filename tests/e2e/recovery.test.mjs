// The gateway dies, the line breaks, and the page that stays open goes on.
import assert from "node:assert/strict";
import { historyRows, isQuiet, scenario } from "./harness/index.mjs";

/** What left the page: the `chat.send` requests with a text. */
function sends(frames, text) {
  const sent = frames.filter(({ direction }) => direction === "sent").map((frame) => JSON.parse(frame.text));
  return sent.filter(({ method, params }) => method === "chat.send" && params.message.includes(text));
}

async function sentOnce({ server, world }, text) {
  const { rows, pending } = await historyRows(server, text);
  const own = rows.filter(({ role }) => role === "user");
  assert.equal(own.length, 1, `rows of “${text}”: ${JSON.stringify(own)}`);
  assert.deepEqual(pending, []);
  if (server.kind === "openclaw") {
    assert.equal((await world.modelCalls(text)).length, 1, "runs of the model");
  }
}

scenario(
  "an idle gateway is killed and comes back: the page goes on by itself, and what was typed meanwhile is sent once",
  { firefox: ["embedded"] },
  async ({ chat, server, world }) => {
    const mark = crypto.randomUUID().slice(0, 8);
    await chat.connect();
    await chat.send(`before ${mark}`);
    await chat.reaches(`before ${mark}`, "confirmed");
    await chat.replyTo(`before ${mark}`, mark);
    await chat.idle();

    await server.kill();
    await chat.hasStatus("Reconnecting");
    await chat.send(`meanwhile ${mark}`);
    await chat.reaches(`meanwhile ${mark}`, "queued");
    await server.restart();

    await chat.hasStatus("Connected");
    await chat.reaches(`meanwhile ${mark}`, "confirmed");
    await chat.replyTo(`meanwhile ${mark}`, mark);
    await chat.idle();
    await sentOnce({ server, world }, `before ${mark}`);
    await sentOnce({ server, world }, `meanwhile ${mark}`);
    assert.equal((await chat.said("You", mark)).length, 2);
    assert.equal((await chat.said("Assistant", mark)).length, 2);
  },
);

scenario(
  "the gateway is killed in the middle of a reply: nothing is sent twice, and the next message is answered",
  {},
  async ({ chat, server, world, frames }) => {
    const mark = crypto.randomUUID().slice(0, 8);
    await chat.connect();
    await chat.send(`interrupted ${mark} [chunks:40:100]`);
    await chat.replyTo(`interrupted ${mark}`, "w3");

    await server.kill();
    await chat.hasStatus("Reconnecting");
    await chat.send(`meanwhile ${mark}`);
    await chat.reaches(`meanwhile ${mark}`, "queued");
    await server.restart();

    await chat.hasStatus("Connected");
    await chat.reaches(`interrupted ${mark}`, "confirmed", { within: 60_000 });
    await chat.reaches(`meanwhile ${mark}`, "confirmed", { within: 60_000 });
    await chat.idle({ within: 30_000 });
    for (const text of [`interrupted ${mark}`, `meanwhile ${mark}`]) {
      const { rows, pending } = await historyRows(server, text);
      assert.equal(rows.filter(({ role }) => role === "user").length, 1, text);
      // What ran when the process died may stay listed as interrupted; that never runs.
      assert.deepEqual(pending.filter(({ state }) => state !== "interrupted"), []);
      assert.equal((await chat.said("You", text)).length, 1);
      assert.equal(sends(frames, text).length, 1, `requests that carried “${text}”`);
    }
    if (server.kind === "openclaw") {
      // The gateway takes an interrupted turn up by itself, under words of its
      // own; ours must not have asked for a second one.
      const calls = await world.modelCalls(`interrupted ${mark}`);
      assert.ok(calls.length <= 2, JSON.stringify(calls));
    }
  },
);

scenario(
  "the line is cut in the middle of a reply: the reply is there in the end, and once",
  {},
  async ({ chat, server, world }) => {
    const mark = crypto.randomUUID().slice(0, 8);
    await isQuiet(server);
    await chat.connect();
    const before = (await chat.messages()).length;
    await chat.send(`cut ${mark} [chunks:30:100]`);
    await chat.replyTo(`cut ${mark}`, "w3");
    await server.cut();
    await chat.reaches(`cut ${mark}`, "confirmed");
    await chat.replyTo(`cut ${mark}`, "w30");
    await chat.idle();
    assert.equal((await chat.messages()).length, before + 2);
    await sentOnce({ server, world }, `cut ${mark}`);
  },
);

scenario(
  "a message whose acknowledgement was lost with the line is sent once",
  {},
  async ({ chat, server, world }) => {
    const mark = crypto.randomUUID().slice(0, 8);
    await chat.connect();
    // From now on nothing comes back, and soon the line is gone.
    await server.line({ cutAfterDown: 1 });
    await chat.send(`no answer ${mark}`);
    await chat.hasStatus("Reconnecting");
    await server.line({});
    await chat.hasStatus("Connected");
    await chat.reaches(`no answer ${mark}`, "confirmed");
    await chat.replyTo(`no answer ${mark}`, mark);
    await chat.idle();
    await sentOnce({ server, world }, `no answer ${mark}`);
    assert.equal((await chat.said("You", mark)).length, 1);
  },
);
