// Chats, messages on their way, nodes and frames.
import { GatewayClient, type ChatRow, type Entry, type GatewayError } from "clawline";

declare const client: GatewayClient;

const chat = client.chat("agent:main:main");
for await (const { items, outbox, error } of chat.changes()) {
  for (const item of items) {
    if (item.type === "message") {
      const row: ChatRow = item.message;
      const at: number | undefined = item.atMs;
      const stopped: "aborted" | undefined = item.ended;
    } else {
      const ended: "final" | "aborted" | "error" | undefined = item.ended;
    }
  }
  const waiting: readonly Entry[] = outbox;
  const why: GatewayError | undefined = error;
}
// @ts-expect-error: the state is not for writing
chat.state.loaded = true;
// @ts-expect-error: a chat has its session
chat.send("hello", { sessionKey: "another" });
const older: Promise<boolean> = chat.older();

const sent = client.send("hello", { attachments: [new File([], "a.txt"), { name: "b", blob: new Blob() }] });
const key: string = sent.key;
await Promise.all([sent.stored, sent.accepted, sent.confirmed]);
const taken: boolean = sent.cancel();
// @ts-expect-error: a message is text
client.send({ text: "hello" });

const off: () => void = client.onInvoke("camera.snap", async (params, { signal }) => ({ aborted: signal.aborted }));
// @ts-expect-error: permissions are granted or not
new GatewayClient({ url: "ws://127.0.0.1", permissions: { camera: "yes" } });

client.on("status", (status) => {
  if (status.status === "crashed") status.cause.advice;
  // @ts-expect-error: no cause before the status is known
  status.cause;
});

for await (const { direction, frame } of client.frames()) {
  if (direction === "out" && frame?.type === "req") frame.method;
}

{
  await using disposed = client;
  using closed = chat;
}

// A list of sessions, as a chat.
const list = client.sessions({ limit: 20, includeLastMessage: true });
for await (const { sessions } of list.changes()) sessions.map(({ key, lastMessagePreview }) => [key, lastMessagePreview]);
// @ts-expect-error: a list begins at its beginning
client.sessions({ offset: 5 });

// The role of an item tells what its row is.
for (const item of chat.state.items) {
  if (item.role === "user") {
    const words: ChatRow["content"] = item.message.content;
    // @ts-expect-error: a person is no model
    item.message.usage;
  }
  if (item.role === "tool") item.message.toolCallId;
  if (item.type === "message" && item.role === "assistant") item.message.usage?.totalTokens;
  // @ts-expect-error: no such role
  if (item.role === "system") continue;
}

// Bound, so that they can be handed on.
const { subscribe, getSnapshot } = chat;
const snapshot: typeof chat.state = getSnapshot();

const { durable } = await sent.stored;
const kept: boolean = durable;
const ended: boolean = sent.dismiss() || client.dismiss(key);
for (const { files } of client.entries()) files?.map(({ name, type, size }) => `${name}${type}${size.toFixed()}`);

client.addEventListener("status", ({ detail }) => detail.status === "pairing" && detail.advice);
client.addEventListener("error", { handleEvent: ({ detail }) => detail.code });
// @ts-expect-error: there is no such event
client.addEventListener("stauts", () => {});
// @ts-expect-error: there is no such event
client.on("connect", () => {});
// @ts-expect-error: an entry has no status
client.addEventListener("outbox", ({ detail }) => detail.status);

declare const why: GatewayError;
const { message: said, advice }: { message: string; advice: string | undefined } = why.toJSON();
