// The hot path of inbound and outbound frames. JavaScript owns the bytes: a
// frame is parsed once, by the browser, and only numbers cross into wasm
// before somebody really needs the object.

const EVENT = 0;
const RESPONSE = 1;
const OTHER = 2;

// What Rust answers to a glance (src/driver.rs, `Seen`).
const DROP = 0;
const DELIVER = 1;
const SETTLE = 2;

// A gateway that invents names without end must not fill the memory.
const MOST_NAMES = 1000;
const UNNAMED = 65535;

// The exact shapes of an event frame that nobody listens to: everything else
// is parsed. A quote inside a string is escaped, so neither can be text, and
// one closing brace means that the member is the frame's own.
const HEAD = '{"type":"event","event":"';
const TAIL =
  /,"seq":(\d{1,15})(?:,"stateVersion":\{"presence":\d{1,15},"health":\d{1,15}\})?(?:,"recipientProfileId":"[^"\\]*")?\}$/;
const LONGEST_TAIL = 300;

export class Frames {
  // glance(generation, type, number, seq, now) → what to do
  // take(generation, frame): Rust asked to read it
  // deliver(kind, frame), settle(id, frame, accepted): hand it to those who wait
  constructor(names, glance, take, deliver, settle) {
    this.kinds = new Map(names.map((name, kind) => [name, kind]));
    this.listened = new Set();
    this.glance = glance;
    this.take = take;
    this.deliver = deliver;
    this.settle = settle;
  }

  kind(name) {
    let kind = this.kinds.get(name);
    if (kind === undefined) {
      if (typeof name !== "string" || this.kinds.size >= MOST_NAMES) return UNNAMED;
      kind = this.kinds.size;
      this.kinds.set(name, kind);
    }
    return kind;
  }

  listen(name, on) {
    if (on) this.listened.add(this.kind(name));
    else this.listened.delete(this.kind(name));
  }

  attach(socket, generation) {
    socket.onmessage = (event) => this.receive(generation, event.data);
  }

  receive(generation, data) {
    const now = performance.now();
    const unread = this.peek(data);
    if (unread !== null) {
      const [kind, seq] = unread;
      // Rust may want it all the same: for a proof that a message arrived.
      if (this.glance(generation, EVENT, kind, seq, now) <= DELIVER) return;
      this.take(generation, JSON.parse(data));
      return;
    }
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      frame = null;
    }
    switch (frame?.type) {
      case "event": {
        const kind = this.kind(frame.event);
        const seq = Number.isSafeInteger(frame.seq) ? frame.seq : 0;
        const seen = this.glance(generation, EVENT, kind, seq, now);
        if (seen === DELIVER) this.deliver(kind, frame);
        else if (seen !== DROP) this.take(generation, frame);
        return;
      }
      case "res": {
        const id = Number(frame.id);
        const known = Number.isInteger(id) && id > 0 && id <= 0xffffffff;
        const seen = this.glance(generation, RESPONSE, known ? id : 0, 0, now);
        if (seen === SETTLE) this.settle(id, frame, false);
        else if (seen !== DROP) this.take(generation, frame);
        return;
      }
      default:
        this.glance(generation, OTHER, 0, 0, now);
    }
  }

  // The kind and seq of an event that nobody listens to, or null to parse it.
  peek(data) {
    if (typeof data !== "string" || !data.startsWith(HEAD)) return null;
    const end = data.indexOf('"', HEAD.length);
    const kind = this.kinds.get(data.slice(HEAD.length, end));
    if (kind === undefined || this.listened.has(kind)) return null;
    const tail = TAIL.exec(data.slice(-LONGEST_TAIL));
    return tail === null ? null : [kind, Number(tail[1])];
  }
}

// The text of a request frame; `params` is JSON text.
export function compose(id, method, params) {
  return `{"type":"req","id":"${id}","method":${JSON.stringify(method)},"params":${params}}`;
}

// The text of an outbox entry's frame: the session and the key are added to
// the params that were given when it was written.
export function composeEntry(id, method, params, sessionKey, idempotencyKey) {
  const all = { ...JSON.parse(params), sessionKey, idempotencyKey };
  return JSON.stringify({ type: "req", id: `${id}`, method, params: all });
}

// The length in UTF-8, counted exactly only where it may matter.
export function fits(text, bytes) {
  if (text.length * 3 <= bytes) return true;
  return text.length <= bytes && new TextEncoder().encode(text).length <= bytes;
}
