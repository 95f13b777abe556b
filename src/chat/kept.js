// What is kept of a transcript: its newest rows as text, without what is in files.

const FILES = /^(image|audio|video|document|file)$/;
const BYTES = /^(data:|[\w+/=-]{1024})/;
const WORDS = new Set(["text", "thinking", "content"]);
// Such bytes inside of words, as the target of a picture.
const INSIDE = /data:[\w/+.;=-]*,[\w+/=%-]{256,}/g;

// The answer of `chat.history` that they would be; undefined where nothing is to be kept.
export function pack(sessionId, info, rows, mostRows, mostLetters) {
  const messages = [];
  let left = mostLetters;
  for (const row of rows.slice(-mostRows).reverse()) {
    const text = written(row);
    left -= text.length;
    if (left < 0) break;
    messages.unshift(text);
  }
  const { key, label, displayName, deliveryContext } = info ?? {};
  // Whom it leads to, and what they are called.
  const sessionInfo = deliveryContext ? written({ key, label, displayName, deliveryContext }) : "null";
  return messages.length ? `{"sessionId":${JSON.stringify(sessionId ?? null)},"sessionInfo":${sessionInfo},"messages":[${messages}]}` : undefined;
}

// A row that is too deep to be written costs itself.
function written(row) {
  try {
    return JSON.stringify(row, slim) ?? "null";
  } catch {
    return "null";
  }
}

function slim(name, value) {
  const { type, fileName } = value ?? {};
  if (typeof type === "string" && FILES.test(type)) return { type, fileName };
  if (typeof value !== "string") return value;
  return BYTES.test(value) && !WORDS.has(name) ? undefined : value.replace(INSIDE, "data:");
}
