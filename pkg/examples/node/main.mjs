// Says something to the agent and prints the answer while it comes: GATEWAY=ws://… TOKEN=… node main.mjs Hello!
import { stdout } from "node:process";
import { GatewayClient, textOf } from "clawline";

const { GATEWAY = "ws://127.0.0.1:18789", TOKEN } = process.env;
const words = process.argv.slice(2).join(" ") || "Hello!";

const client = new GatewayClient({ url: GATEWAY, auth: { token: TOKEN } });
client.on("status", ({ status, message, cause }) => {
  const now = [status, message ?? cause?.message, cause?.advice].filter(Boolean);
  if (status !== "ready") console.error(now.join(" · "));
});

try {
  client.connect();
  await client.ready();
  const chat = client.chat();
  const sent = chat.send(words);
  await sent.accepted;
  let printed = "";
  for await (const { items, runs } of chat.changes()) {
    const reply = items.filter(({ role, runId }) => role === "assistant" && runId === sent.key);
    const text = reply.map(({ message }) => textOf(message)).join("\n\n");
    stdout.write(text.slice(printed.length));
    printed = text;
    if (reply.length > 0 && !runs.includes(sent.key)) break;
  }
  stdout.write("\n");
} catch ({ message, advice }) {
  console.error([message, advice].filter(Boolean).join(" "));
  process.exitCode = 1;
} finally {
  await client[Symbol.asyncDispose]();
}
