// Judges what left a browser by what went over its sockets: which messages it
// sent, how often, and what it could know when it did.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** Below the five minutes for which a gateway remembers a key in memory. */
const KEY_LIFETIME_MS = 4 * 60_000;

const DURABLE_KEYS = "durable-idempotency-keys";

/**
 * Frames of all sockets of one device, in order, as a recording has them:
 * `{ at, c, dir: "out" | "in", frame, lost }`.
 */
export class Judge {
  /** What must not be, one sentence each. */
  violations = [];
  /** Repeats that left while a live row was on its way to the page: no way to know. */
  crossed = 0;
  #crossingMs;
  #sockets = new Map();
  #keys = new Map();
  #hellos = 0;
  #refused = 0;

  /**
   * @param {object} [options]
   * @param {number} [options.crossingMs] how long a frame may be under way between the place
   *   where it was written down and the page; it excuses live events only, never answers
   */
  constructor({ crossingMs = 0 } = {}) {
    this.#crossingMs = crossingMs;
  }

  /** Judges the log of a fault proxy. */
  static async ofLog(file, options = { crossingMs: 250 }) {
    const judge = new Judge(options);
    for await (const line of createInterface({ input: createReadStream(file) })) {
      judge.take(JSON.parse(line));
    }
    return judge;
  }

  /** Judges the frames as the browser itself tells of them, in the order in which its pages knew of them. */
  static ofFrames(frames) {
    const judge = new Judge();
    for (const { socket, direction, at, text } of frames) {
      judge.take({ at, c: socket, dir: direction === "sent" ? "out" : "in", frame: parsed(text) });
    }
    return judge;
  }

  /** The next frame; lines that are no frames are passed over. */
  take({ at, c, dir, frame, lost = false }) {
    const socket = this.#sockets.get(c) ?? { requests: new Map() };
    this.#sockets.set(c, socket);
    if (dir === "out" && frame?.type === "req") {
      socket.requests.set(frame.id, frame);
      if (frame.method === "chat.send") {
        this.#sent(at, c, socket, frame.params);
      }
    } else if (dir === "in" && !lost && frame?.type === "res") {
      const request = socket.requests.get(frame.id);
      if (request?.method === "connect" && frame.ok) {
        this.#hellos += 1;
        socket.boot = frame.payload.server.bootId;
        socket.durable = frame.payload.features.capabilities?.includes(DURABLE_KEYS) ?? false;
      } else if (request?.method === "chat.send" && !frame.ok) {
        this.#refused += 1;
        // What was refused has not run: it may go to any process of the gateway.
        const { sends } = this.#of(request.params.idempotencyKey);
        const at = sends.findLastIndex(({ boot }) => boot === socket.boot);
        if (at >= 0) sends[at].boot = undefined;
      } else if (request?.method === "chat.history" && frame.ok) {
        this.#looked(at, frame.payload);
      }
    } else if (dir === "in" && !lost && frame?.event === "session.message") {
      this.#saw(at, frame.payload.message, "a live event");
    }
  }

  /** Hellos, and how often messages were sent: also again after an answer that refused them for the moment. */
  get counts() {
    const sends = [...this.#keys.values()].map((key) => key.sends.length).filter((count) => count > 0);
    return {
      hellos: this.#hellos,
      keys: sends.length,
      sends: sends.reduce((sum, count) => sum + count, 0),
      refused: this.#refused,
      repeated: sends.filter((count) => count > 1).length,
      renewed: [...this.#keys.values()].filter(({ sends, dead }) => dead && sends.length > 0).length,
      crossed: this.crossed,
    };
  }

  /** The keys in the order in which their first bytes left, with session, text and files. */
  firstSends() {
    const sent = [...this.#keys].filter(([, { sends }]) => sends.length > 0);
    return sent.map(([key, { sends }]) => ({ key, ...sends[0] }));
  }

  #sent(at, c, socket, { idempotencyKey: key, sessionKey: session, message: text, attachments = [] }) {
    const known = this.#of(key);
    const blame = (why) => this.violations.push(`chat.send of ${key} (“${text.slice(0, 60)}”) on socket ${c}: ${why}`);
    if (socket.boot === undefined) {
      blame("it left before a hello");
    }
    if (known.seen) {
      const late = at - known.seen.at;
      if (known.seen.how === "a live event" && late <= this.#crossingMs) {
        this.crossed += 1;
      } else {
        blame(`its row had been seen in ${known.seen.how} ${late} ms before`);
      }
    }
    if (known.dead) {
      blame("the gateway had called it interrupted: this key never runs");
    }
    const [first] = known.sends;
    if (first && (first.session !== session || first.text !== text)) {
      blame(`the key was used before, for “${first.text.slice(0, 60)}” in ${first.session}`);
    }
    if (!socket.durable) {
      const elsewhere = known.sends.find(({ boot }) => boot !== undefined && boot !== socket.boot);
      if (elsewhere) {
        blame(`it had been sent to the boot ${elsewhere.boot}, this is ${socket.boot}`);
      } else if (first && at - first.at > KEY_LIFETIME_MS) {
        blame(`it had been sent ${at - first.at} ms before: the gateway may have forgotten the key`);
      }
    }
    const [origin, renewal] = renewalOf(key);
    if (renewal > 1 && !this.#of(renewal === 2 ? origin : `${origin}.${renewal - 1}`).dead) {
      blame("it renews a message that nobody called interrupted");
    }
    const files = attachments.map(({ fileName: name, content }) => ({ name, bytes: Buffer.from(content, "base64").length }));
    known.sends.push({ at, c, boot: socket.boot, session, text, files });
  }

  #looked(at, { messages = [], pendingInputs }) {
    for (const row of messages) {
      this.#saw(at, row.message ?? row, "history");
    }
    for (const { runId, state } of pendingInputs?.items ?? []) {
      if (state === "interrupted") {
        this.#of(runId).dead = true;
      }
    }
  }

  #saw(at, row, how) {
    const key = keyOf(row);
    if (key !== undefined) {
      const known = this.#of(key);
      // A look into history is an answer: from it on there is no excuse.
      if (known.seen === undefined || (how === "history" && known.seen.how !== how)) {
        known.seen = { at, how };
      }
    }
  }

  #of(key) {
    if (!this.#keys.has(key)) {
      this.#keys.set(key, { sends: [], seen: undefined, dead: false });
    }
    return this.#keys.get(key);
  }
}

/** The key of a person's row, as its sender chose it. */
export function keyOf(row) {
  const key = row?.idempotencyKey ?? row?.__openclaw?.idempotencyKey;
  return row?.role === "user" && key?.endsWith(":user") ? key.slice(0, -":user".length) : undefined;
}

/** A key and which sending of the message under a key of its own it is: `…`, `….2`, `….3`. */
export function renewalOf(key) {
  const [, origin, number] = /^(.*?)(?:\.(\d+))?$/.exec(key);
  return [origin, Number(number ?? 1)];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
