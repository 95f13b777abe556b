import type { ChatTransport, UIMessage, UIMessageChunk } from "ai";
import { textOf, type Chat, type ChatState } from "clawline";

/** What was said, and what is on its way, as the AI SDK keeps it. */
export function messagesOf({ items, outbox }: ChatState): UIMessage[] {
  const messages: UIMessage[] = [];
  const add = (id: string, role: "user" | "assistant", text: string) =>
    messages.push({ id, role, parts: [{ type: "text", text }] });
  for (const item of items) {
    if (item.type === "run" || item.role === "tool" || item.role === "notice") continue;
    add(item.id, item.role, textOf(item.message));
  }
  for (const { key, text = "" } of outbox) add(key, "user", text);
  return messages;
}

type Chunks = AsyncGenerator<UIMessageChunk, void>;

/** What a run says, over all the connections that it takes. */
async function* chunksOf(chat: Chat, runId: () => string, signal?: AbortSignal): Chunks {
  let said: string | undefined;
  for await (const { items, runs } of chat.changes({ signal })) {
    const id = runId();
    const reply = items.filter((item) => item.role === "assistant" && item.runId === id);
    if (reply.length === 0) continue;
    if (said === undefined) {
      yield { type: "start", messageId: id };
      yield { type: "text-start", id };
    }
    const text = reply.map(({ message }) => textOf(message)).join("\n\n");
    yield { type: "text-delta", id, delta: text.slice(said?.length) };
    said = text;
    if (runs.includes(id)) continue;
    yield { type: "text-end", id };
    for (const item of reply) {
      if (item.type === "run" && item.error !== undefined) yield { type: "error", errorText: item.error };
    }
    yield { type: "finish" };
    return;
  }
}

function streamOf(chunks: Chunks, failed?: Promise<never>): ReadableStream<UIMessageChunk> {
  return new ReadableStream({
    async pull(controller) {
      const next = chunks.next();
      const { done, value } = await (failed ? Promise.race([next, failed]) : next);
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** One session of a gateway for the AI SDK's `useChat`. */
export class ClawlineTransport implements ChatTransport<UIMessage> {
  readonly resumeStreamIsReplay = true;
  readonly #chat: Chat;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  async sendMessages({ trigger, messages, abortSignal }: Parameters<ChatTransport<UIMessage>["sendMessages"]>[0]) {
    if (trigger === "regenerate-message") throw new Error("There is no second answer: send the message again.");
    const parts = messages.at(-1)?.parts ?? [];
    const sent = this.#chat.send(parts.map((part) => (part.type === "text" ? part.text : "")).join(""));
    await sent.stored;
    abortSignal?.addEventListener("abort", () => sent.cancel() || this.#stop());
    // Refused, too old, or nobody knows: there will be no answer.
    const failed = sent.confirmed.then(() => new Promise<never>(() => {}));
    return streamOf(chunksOf(this.#chat, () => sent.key, abortSignal), failed);
  }

  async reconnectToStream({ abortSignal }: Parameters<ChatTransport<UIMessage>["reconnectToStream"]>[0]) {
    const { runs, outbox } = this.#chat.state;
    const runId = runs[0] ?? outbox.at(-1)?.key;
    if (runId === undefined) return null;
    abortSignal?.addEventListener("abort", () => this.#stop());
    return streamOf(chunksOf(this.#chat, () => runId, abortSignal));
  }

  #stop() {
    this.#chat.stop().catch(console.error);
  }
}
