// Chats, messages on their way, nodes and frames.
import { GatewayClient, type ChatRow, type Entry, type GatewayError } from "clawline";

declare const client: GatewayClient;

const chat = client.chat("agent:main:main");
for await (const { items, outbox, error } of chat.changes()) {
  for (const item of items) {
    if (item.type === "message") {
      const row: ChatRow = item.message;
      const at: number | undefined = item.atMs;
      // @ts-expect-error: only a run ends
      item.ended;
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
