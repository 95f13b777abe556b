// What is for terminals and not for people: escape sequences, and control characters but line ends and tabs.
const SEQUENCES =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x9c|\x1b\\|(?=\x1b))|[\]PX^_]|[ -/]+[0-~]?|[0-~])?|\x9b[0-?]*[ -/]*[@-~]?/g;
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

const visible = (text) => text.replace(SEQUENCES, "").replace(/\r(?!\n)/g, "\n").replace(CONTROLS, "");

/** A member's words: a string, a number, or what lies in an object or a list in its place. */
function words(value) {
  if (typeof value === "string") return visible(value);
  if (typeof value === "number") return `${value}`;
  if (Array.isArray(value)) return value.map((one) => visible([one, one?.text].find((text) => typeof text === "string") ?? "")).join("");
  const inner = ["text", "value", "content", "message"].map((name) => value?.[name]).find((text) => typeof text === "string");
  return inner === undefined ? "" : visible(inner);
}

// What an agent thought or called, and files.
const UNSPOKEN = /think|reason|tool|^(?:image|audio|video|document|file)$/i;

const isSpoken = ({ type, thinking, arguments: called }) => typeof type !== "string" || (!UNSPOKEN.test(type) && thinking === undefined && called === undefined);

/** The words of a piece of content; of what is not for reading, none. */
function wordsOf(block) {
  if (Array.isArray(block)) return block.map(wordsOf).join("");
  if (typeof block === "string") return visible(block);
  if (block?.type === undefined && typeof block?.content === "object") return wordsOf(block.content);
  return isSpoken(block ?? {}) ? words(block?.text) : "";
}

/** The words of a message: of a row, of what a run says, or of a run that was found in history. */
export function textOf(message) {
  const { content } = message ?? {};
  return (typeof content === "number" ? `${content}` : wordsOf(content)) || words(message?.text);
}
