/** The words of a message: of a row, of what a run says, or of a run that was found in history. */
export function textOf(message) {
  const { content, text } = message ?? {};
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return `${text ?? ""}`;
  return content.map((block) => (block?.type === "text" ? `${block.text ?? ""}` : "")).join("");
}
