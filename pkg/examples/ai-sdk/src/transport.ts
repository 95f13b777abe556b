import type { ChatTransport, UIMessage, UIMessageChunk } from "ai";
import { textOf, type Chat, type ChatItem, type ChatState } from "clawline";

/** Refused, too old, or nobody knows: it stays where it is, and holds up those behind it, until somebody decides. */
export const isStopped = ({ state }: ChatState["outbox"][number]) => state === "parked" || state === "unconfirmed";

/** What was said, and what is on its way, as the AI SDK keeps it. */
export function messagesOf({ items, outbox }: ChatState): UIMessage[] {
  const messages: UIMessage[] = [];
  const add = (id: string, role: "user" | "assistant", text: string) =>
    messages.push({ id, role, parts: [{ type: "text", text }] });
  for (const item of items) {
    if (item.type === "run" || item.role === "tool" || item.role === "notice") continue;
    add(item.id, item.role, textOf(item.message));
  }
  for (const entry of outbox) if (!isStopped(entry)) add(entry.key, "user", entry.text ?? "");
  return messages;
}

type Chunks = AsyncGenerator<UIMessageChunk, void>;

/** What went wrong with an answer: its run says it, then a row of the transcript. */
function failureOf(item: ChatItem): string | undefined {
  if (item.type === "run") return item.error;
  const { message } = item;
  return message.role === "custom" && message.customType === "run-failed-before-reply" ? textOf(message) : undefined;
}

/**
 * What is said after a person's message, over all the connections that it takes, and by whichever run: one that is under
 * way takes up what is sent meanwhile.
 */
async function* chunksOf(chat: Chat, own: () => string, signal?: AbortSignal): Chunks {
  let said = "";
  let part = 0;
  for await (const { items, runs } of chat.changes({ signal })) {
    const at = items.findIndex((item) => item.id === own() || (item.type === "message" && item.key === own()));
    if (at === -1) continue;
    const after = items.slice(at + 1);
    const replies = after.filter(({ role }) => role === "assistant");
    const text = replies.map(({ message }) => textOf(message)).join("\n\n").trimEnd();
    // What does not go on from there was said anew.
    const isNew = text !== "" && (said === "" || !text.startsWith(said));
    if (isNew) {
      if (said === "") yield { type: "start", messageId: `${own()}:answer` };
      else yield { type: "text-end", id: `${part}` };
      yield { type: "text-start", id: `${++part}` };
    }
    if (text !== "") {
      yield { type: "text-delta", id: `${part}`, delta: isNew ? text : text.slice(said.length) };
      said = text;
    }
    const failure = after.map(failureOf).find(Boolean);
    if (runs.length > 0 || (replies.length === 0 && failure === undefined)) continue;
    if (part > 0) yield { type: "text-end", id: `${part}` };
    yield failure === undefined ? { type: "finish" } : { type: "error", errorText: failure };
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

  /** `metadata` may have a function `onStored`: from then on the words are not lost. */
  async sendMessages({ trigger, messages, metadata, abortSignal }: Parameters<ChatTransport<UIMessage>["sendMessages"]>[0]) {
    if (trigger === "regenerate-message") throw new Error("There is no second answer: send the message again.");
    const parts = messages.at(-1)?.parts ?? [];
    const sent = this.#chat.send(parts.map((part) => (part.type === "text" ? part.text : "")).join(""));
    await sent.stored;
    (metadata as { onStored?: () => void } | undefined)?.onStored?.();
    abortSignal?.addEventListener("abort", () => sent.cancel() || this.#stop());
    // Refused, too old, or nobody knows: there will be no answer.
    const failed = sent.confirmed.then(() => new Promise<never>(() => {}));
    return streamOf(chunksOf(this.#chat, () => sent.key, abortSignal), failed);
  }

  async reconnectToStream({ abortSignal }: Parameters<ChatTransport<UIMessage>["reconnectToStream"]>[0]) {
    const { items, runs, outbox } = this.#chat.state;
    const waiting = outbox.findLast((entry) => !isStopped(entry))?.key;
    const answered = runs.length > 0 ? items.findLast(({ role }) => role === "user")?.id : undefined;
    const own = waiting ?? answered;
    if (own === undefined) return null;
    abortSignal?.addEventListener("abort", () => this.#stop());
    return streamOf(chunksOf(this.#chat, () => own, abortSignal));
  }

  #stop() {
    this.#chat.stop().catch(console.error);
  }
}
