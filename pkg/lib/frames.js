// Members that hold secrets, wherever they stand in a frame.
const SECRET = /token|secret|password|passphrase|signature|api_?key|private_?key|authorization|cookie|setup_?code/i;
// Methods that are about nothing else: neither what they ask nor what they get is shown.
const SECRETIVE = /^(secrets|config|wizard)\.|setupCode/i;
const HIDDEN = "[redacted]";
// Answers that are waited for; the oldest are forgotten.
const MOST = 1000;

function redacted(name, value) {
  return typeof value === "string" && SECRET.test(name) ? HIDDEN : value;
}

/** Makes of texts what people may look at: parsed, without secrets. */
export class Shown {
  #secretive = new Set();

  frame(direction, text) {
    const at = Date.now();
    if (typeof text !== "string") return { direction, at, bytes: text?.byteLength ?? 0, frame: undefined };
    const bytes = new TextEncoder().encode(text).length;
    try {
      return { direction, at, bytes, frame: this.#hide(JSON.parse(text, redacted)) };
    } catch {
      // Not JSON: what it is, nobody knows.
      return { direction, at, bytes, frame: undefined };
    }
  }

  #hide(frame) {
    if (frame?.type === "req" && SECRETIVE.test(frame.method)) {
      this.#secretive.add(frame.id);
      if (this.#secretive.size > MOST) this.#secretive.delete(this.#secretive.values().next().value);
      return { ...frame, params: HIDDEN };
    }
    if (frame?.type === "res" && this.#secretive.delete(frame.id)) return { ...frame, payload: HIDDEN };
    return frame;
  }
}
