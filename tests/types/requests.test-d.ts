// Requests as an app writes them: what compiles, and what must not.
import { type ChatRow, GatewayClient, type GatewayMethods } from "clawline";

const client = new GatewayClient({ url: "ws://127.0.0.1:18789", auth: { token: "a token" } });
const sessionKey = "agent:main:main";

// Params may be left out when none is required, and have their types when they are there.
const { sessions, defaults } = await client.request("sessions.list");
const label: string | undefined = sessions[0]?.label;
const model: string | null = defaults.model;
await client.request("sessions.list", { limit: 5 }, { timeoutMs: 1000 });
await client.request("agents.list");
await client.request("health", {}, { idempotent: true });

// @ts-expect-error: a limit is a number
await client.request("sessions.list", { limit: "5" });
// @ts-expect-error: the gateway refuses members that it does not know
await client.request("sessions.list", { limt: 5 });
// @ts-expect-error: it takes none
await client.request("agents.list", { agentId: "main" });

const sent = await client.request("chat.send", { sessionKey, message: "hello", idempotencyKey: "a key" });
const runId: string = sent.runId;

// @ts-expect-error: there is something to be said
await client.request("chat.send");
// @ts-expect-error: the key is missing
await client.request("chat.send", { sessionKey, message: "hello" });
// @ts-expect-error: no such mode
await client.request("chat.send", { sessionKey, message: "hello", idempotencyKey: "a key", queueMode: "later" });
// @ts-expect-error: an optional member is there or it is not
await client.request("chat.send", { sessionKey, message: "hello", idempotencyKey: "a key", queueMode: undefined });
// @ts-expect-error: no such status
if (sent.status === "lost") console.log(runId);

// Rows of a transcript are told apart by their role, blocks by their type.
function wordsOf(row: ChatRow): string {
  if (typeof row.content === "string") return row.content;
  return row.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

const history = await client.request("chat.history", { sessionKey, limit: 20 });
if (history.kind === "reset") console.log("read it all again");
else if (history.kind === "delta") console.log(history.messages.map(({ message }) => wordsOf(message)));
else {
  for (const row of history.messages) {
    if (row.role === "assistant") console.log(row.usage?.cost?.total, row.model, row.__openclaw.seq);
    if (row.role === "toolResult") console.log(row.toolCallId);
    // @ts-expect-error: a person has no usage
    if (row.role === "user") console.log(row.usage);
  }
  console.log(history.inFlightRun?.text, history.pendingInputs?.items[0]?.state);
}

const presence = await client.request("system-presence");
console.log(presence[0]?.host, label, model);

const decision = "allow-once";
const [waiting] = await client.request("exec.approval.list");
if (waiting?.request.allowedDecisions?.includes(decision)) await client.request("exec.approval.resolve", { id: waiting.id, decision });

// @ts-expect-error: `call` is for methods that the schema does not have
await client.request("a.plugin", { any: 1 });
const answer: unknown = await client.call("a.plugin", { any: 1 });
const { count } = await client.call<{ count: number }>("a.plugin");
console.log(answer, count.toFixed());

// Scope and age are part of the map.
const scope: "operator.write" = null! as GatewayMethods["chat.send"]["scope"];
// @ts-expect-error: it needs more than that
const less: "operator.read" = null! as GatewayMethods["chat.send"]["scope"];
console.log(scope, less);
