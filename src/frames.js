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
const SEQ = ',"seq":';
const TAIL =
  /,"seq":(\d{1,15})((?:,"stateVersion":\{"presence":\d{1,15},"health":\d{1,15}\})?(?:,"recipientProfileId":"[^"\\]*")?\})$/;
const LONGEST_TAIL = 300;

// No frame begins or ends like this.
const NOTHING = "\0";
const READ = -1;
const LATER = -1;
const UNKNOWN = { text: NOTHING, kind: UNNAMED };
// Places for the heads of the last frames, by three letters of their names.
const HEADS = 256;

export class Frames {
  // gate.glance(generation, type, number, seq, moment) → what to do
  // gate.take(generation, frame): Rust asked to read it
  // deliver(kind, frame), settle(id, frame, accepted): hand it to those who wait
  constructor(names, gate, deliver, settle) {
    this.kinds = new Map(names.map((name, kind) => [name, kind]));
    this.listened = new Set();
    this.gate = gate;
    this.deliver = deliver;
    this.settle = settle;
    this.seq = 0;
    this.newest = null;
    // How the last frames began and ended: streams repeat themselves.
    this.rest = NOTHING;
    this.forgetHeads();
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
    this.forgetHeads();
  }

  forgetHeads() {
    this.heads = new Array(HEADS).fill(UNKNOWN);
  }

  attach(socket, generation) {
    this.seq = 0;
    this.newest = null;
    socket.onmessage = (event) => this.receive(generation, event);
  }

  receive(generation, event) {
    const { data } = event;
    const unread = this.unread(data);
    const tail = unread === READ ? READ : this.seqOf(data);
    if (tail !== READ) {
      // Rust may want it all the same: for a proof that a message arrived.
      if (this.gate.glance(generation, EVENT, unread, tail, this.moment(event, tail)) <= DELIVER) return;
      const frame = parse(data);
      if (frame !== null) this.gate.take(generation, frame);
      return;
    }
    const frame = parse(data);
    switch (frame?.type) {
      case "event": {
        const kind = this.kind(frame.event);
        const seq = Number.isSafeInteger(frame.seq) ? frame.seq : 0;
        const seen = this.gate.glance(generation, EVENT, kind, seq, this.moment(event, seq));
        if (seen === DELIVER) this.deliver(kind, frame);
        else if (seen !== DROP) this.gate.take(generation, frame);
        return;
      }
      case "res": {
        const id = Number(frame.id);
        const known = Number.isInteger(id) && id > 0 && id <= 0xffffffff;
        const seen = this.gate.glance(generation, RESPONSE, known ? id : 0, 0, event.timeStamp);
        if (seen === SETTLE) this.settle(id, frame, false);
        else if (seen !== DROP) this.gate.take(generation, frame);
        return;
      }
      default:
        this.gate.glance(generation, OTHER, 0, 0, event.timeStamp);
    }
  }

  // When an event came, on the clock of `performance.now()`; or LATER. One that
  // only goes on with its stream tells no more than that the socket lives, and
  // a clock costs more than all the rest: Rust asks when it matters.
  moment(event, seq) {
    const goesOn = seq === this.seq + 1;
    this.seq = seq;
    this.newest = goesOn ? event : null;
    return goesOn ? LATER : event.timeStamp;
  }

  // When the last event came that had LATER, or LATER when there was none.
  lastMoment() {
    const newest = this.newest;
    this.newest = null;
    return newest === null ? LATER : newest.timeStamp;
  }

  // The kind of an event that nobody listens to, or READ: parsing is never
  // wrong, so a head that shares its place with another's is parsed.
  unread(data) {
    if (typeof data !== "string") return READ;
    const at = HEAD.length;
    const place = (data.charCodeAt(at) + 7 * data.charCodeAt(at + 1) + 31 * data.charCodeAt(at + 4)) & (HEADS - 1);
    const head = this.heads[place];
    if (head.kind === READ || data.startsWith(head.text)) return head.kind;
    if (!data.startsWith(HEAD)) return READ;
    const name = data.slice(at, data.indexOf('"', at));
    const kind = this.kinds.get(name);
    if (kind === undefined) return READ;
    const known = { text: `${HEAD}${name}"`, kind: this.listened.has(kind) ? READ : kind };
    this.heads[place] = known;
    return known.kind;
  }

  // The `seq` at the end of an event's text, or READ.
  seqOf(data) {
    let at = data.length - this.rest.length;
    // `endsWith` leaves the fast path of V8, this does not.
    if (data.startsWith(this.rest, at)) {
      let seq = 0;
      for (let scale = 1; scale < 1e15; scale *= 10) {
        const digit = data.charCodeAt(at - 1) - 48;
        if (!(digit >= 0 && digit <= 9)) break;
        seq += digit * scale;
        at -= 1;
      }
      if (data.startsWith(SEQ, at - SEQ.length) && seq > 0) return seq;
    }
    const tail = TAIL.exec(data.slice(-LONGEST_TAIL));
    if (tail === null) return READ;
    // A copy: a piece of a text keeps all of it alive.
    this.rest = [...tail[2]].join("");
    return Number(tail[1]);
  }
}

function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

// Sends a request, unless it is longer than the gateway takes; `params` is
// JSON text.
export function sendRequest(socket, id, method, params, most) {
  const text = `{"type":"req","id":"${id}","method":${JSON.stringify(method)},"params":${params}}`;
  if (!fits(text, most)) return false;
  send(socket, text);
  return true;
}

// Sends an outbox entry: the session and the key are added to the params that
// were given when it was written.
export function sendEntry(socket, id, method, params, sessionKey, idempotencyKey) {
  const all = { ...JSON.parse(params), sessionKey, idempotencyKey };
  send(socket, JSON.stringify({ type: "req", id: `${id}`, method, params: all }));
}

// A socket that is closing swallows it: the engine learns of that by the close.
function send(socket, text) {
  try {
    socket.send(text);
  } catch {
    // It never opened, which its close says too.
  }
}

// The length in UTF-8, counted exactly only where it may matter.
export function fits(text, bytes) {
  if (text.length * 3 <= bytes) return true;
  return text.length <= bytes && new TextEncoder().encode(text).length <= bytes;
}
