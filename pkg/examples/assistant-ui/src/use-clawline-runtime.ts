import { useExternalStoreRuntime, type AppendMessage, type ThreadMessageLike } from "@assistant-ui/react";
import { useCallback, useSyncExternalStore } from "react";
import { textOf, type Chat, type ChatItem, type ChatState } from "clawline";

export type Waiting = ChatState["outbox"][number];
type Line = ChatItem | Waiting;

/** Lines of a chat, and messages that wait for their turn, as assistant-ui knows them. */
function convertMessage(line: Line): ThreadMessageLike {
  if (!("type" in line)) {
    return { role: "user", id: line.key, content: line.text ?? "", metadata: { custom: { waiting: line } } };
  }
  const role = line.role === "user" || line.role === "assistant" ? line.role : "system";
  return { role, id: line.id, content: textOf(line.message), ...(line.type === "run" && { status: statusOf(line) }) };
}

function statusOf({ ended, error }: ChatItem & { type: "run" }): NonNullable<ThreadMessageLike["status"]> {
  if (ended === undefined) return { type: "running" };
  if (ended === "final") return { type: "complete", reason: "stop" };
  return ended === "aborted"
    ? { type: "incomplete", reason: "cancelled" }
    : { type: "incomplete", reason: "error", error: error ?? "The agent could not answer." };
}

const written = ({ content }: AppendMessage) => content.map((part) => (part.type === "text" ? part.text : "")).join("");

/**
 * A runtime of assistant-ui that shows one chat. Whoever opened the chat closes it. What does not fit is put back into
 * the composer, and `onProblem` is told why.
 */
export function useClawlineRuntime(chat: Chat, onProblem: (message: string) => void) {
  const subscribe = useCallback((listener: () => void) => chat.subscribe(listener), [chat]);
  const { items, outbox, runs, loaded } = useSyncExternalStore(subscribe, () => chat.state);
  const runtime = useExternalStoreRuntime<Line>({
    messages: [...items.filter(({ role }) => role !== "tool"), ...outbox],
    convertMessage,
    isLoading: !loaded,
    isRunning: runs.length > 0,
    onNew: async (message) => {
      const words = written(message).trim();
      if (words === "") return;
      try {
        await chat.send(words).stored;
        onProblem("");
      } catch (error) {
        runtime.thread.composer.setText(words);
        onProblem((error as Error).message);
      }
    },
    onCancel: () => chat.stop(),
  });
  return runtime;
}
