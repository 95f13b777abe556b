// Says something to the agent and prints the answer while it comes: GATEWAY=ws://… TOKEN=… node main.mjs Hello!
import { stdout } from "node:process";
import { GatewayClient, textOf } from "clawline";

const { GATEWAY = "ws://127.0.0.1:18789", TOKEN } = process.env;
const words = process.argv.slice(2).join(" ") || "Hello!";

const client = new GatewayClient({ url: GATEWAY, auth: { token: TOKEN } });
client.on("status", ({ status, message, advice, cause }) => {
  const now = [status, message ?? cause?.message, advice ?? cause?.advice].filter(Boolean);
  if (status !== "ready") console.error(now.join(" · "));
});

/** What went wrong with an answer: its run says it, then a row of the transcript. */
const failureOf = ({ error, message }) =>
  error ?? (message?.customType === "run-failed-before-reply" ? textOf(message) : undefined);

/** Prints what is said after a message, by whichever run: one that is under way takes up what is sent meanwhile. */
async function printAnswer(chat, key) {
  let printed = "";
  for await (const { items, runs } of chat.changes()) {
    const own = items.findIndex((item) => item.key === key);
    if (own === -1) continue;
    const said = items.slice(own + 1);
    const replies = said.filter(({ role }) => role === "assistant");
    const text = replies.map(({ message }) => textOf(message)).join("\n\n").trimEnd();
    // What does not go on from there was said anew.
    if (text !== "") stdout.write(text.startsWith(printed) ? text.slice(printed.length) : `\n\n${text}`);
    printed = text || printed;
    if (runs.length > 0) continue;
    const failure = said.map(failureOf).find(Boolean);
    if (replies.length === 0 && failure === undefined) continue;
    stdout.write("\n");
    if (failure !== undefined) throw new Error(failure);
    return;
  }
}

try {
  client.connect();
  await client.ready();
  const chat = client.chat();
  const sent = chat.send(words);
  await sent.confirmed;
  await printAnswer(chat, sent.key);
} catch ({ message, advice }) {
  console.error([message, advice].filter(Boolean).join(" "));
  process.exitCode = 1;
} finally {
  await client[Symbol.asyncDispose]();
}
