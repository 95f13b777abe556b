import type { ChatItem } from "clawline";

/** What a person wrote is one text; what an agent says comes in blocks. */
export function wordsOf({ message }: ChatItem): string {
  if (message === undefined) return "";
  if (!("content" in message)) return message.text;
  if (typeof message.content === "string") return message.content;
  return message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}
