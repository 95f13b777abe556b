// Members that hold secrets, wherever they stand in a frame.
const SECRET = /^(token|password|bootstrapToken|deviceToken|signature|secret|apiKey)$/;

function redacted(name, value) {
  return typeof value === "string" && SECRET.test(name) ? "[redacted]" : value;
}

/** A frame for people to look at: parsed, without secrets. */
export function shown(direction, text) {
  const at = Date.now();
  if (typeof text !== "string") return { direction, at, bytes: text?.byteLength ?? 0, frame: undefined };
  let frame;
  try {
    frame = JSON.parse(text, redacted);
  } catch {
    // Not JSON: what it is, nobody knows.
  }
  return { direction, at, bytes: new TextEncoder().encode(text).length, frame };
}
