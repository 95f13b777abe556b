// A model server answers, without OpenClaw.
import assert from "node:assert/strict";
import { historyRows, scenario } from "./harness/index.mjs";

scenario(
  "the relay is killed in the middle of a model's answer: the page shows the answer once",
  { servers: ["embedded"], server: { model: true } },
  async ({ chat, server, world }) => {
    const text = `asked ${crypto.randomUUID().slice(0, 8)} [chunks:40:100]`;
    await chat.connect();
    await chat.send(text);
    await chat.replyTo(text, "w3");

    await server.kill();
    await chat.hasStatus("Reconnecting");
    await server.restart();

    await chat.hasStatus("Connected");
    await chat.replyTo(text, "w40", { within: 60_000 });
    await chat.idle({ within: 30_000 });
    assert.equal((await chat.said("You", text)).length, 1);
    assert.equal((await chat.said("Assistant", "w40")).length, 1);
    const { rows } = await historyRows(server, text);
    assert.equal(rows.filter(({ role }) => role === "user").length, 1);
    const states = (await world.modelCalls(text)).map(({ state }) => state);
    assert.deepEqual(states, ["abandoned", "answered"]);
  },
);
