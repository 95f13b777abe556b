// The hot path of inbound and outbound frames. JavaScript owns the bytes: a
// frame is parsed once, by the browser, and only numbers cross into wasm
// before somebody really needs the object.

const EVENT = 0;
const RESPONSE = 1;
const OTHER = 2;
const UNREADABLE = 3;

// What Rust answers to a glance (`Seen` in frames.rs).
const DROP = 0;
const DELIVER = 1;
const SETTLE = 2;

// A gateway that invents names without end must not fill the memory.
const MOST_NAMES = 1000;
const LONGEST_NAME = 200;
const UNNAMED = 65535;

// The exact shapes of an event frame that nobody listens to; everything else
// is parsed, which is never wrong. A quote inside a string is escaped, so neither can be text, and
// one closing brace means that the member is the frame's own.
const HEAD = '{"type":"event","event":"';
const SEQ = ',"seq":';
const TAIL =
  /,"seq":(\d{1,15})((?:,"stateVersion":\{"presence":\d{1,15},"health":\d{1,15}\})?(?:,"recipientProfileId":"[^"\\]*")?\})$/;
const LONGEST_TAIL = 300;

// No frame begins or ends like this.
const NOTHING = "\0";
const NONE = 0;
const UNKNOWN = { name: undefined, head: NOTHING, kind: UNNAMED, isUnread: false };
// Places for the heads of the last events, by three letters of their names.
const HEADS = 256;

// Sockets that a broken module must hear nothing of.
const sockets = new Set();

export class Frames {
  // gate.glance(generation, type, number, seq, at) → what to do
  // gate.passed(generation, seq, at): up to this `seq`, events went by
  // gate.take(generation, frame): Rust asked to read it
  // deliver(kind, frame), settle(id, frame, accepted): hand it to those who wait
  // reads: kinds that always need a glance
  constructor(names, reads, gate, deliver, settle) {
    this.kinds = new Map(names.map((name, kind) => [name, kind]));
    this.listened = new Set();
    this.gate = gate;
    this.deliver = deliver;
    this.settle = settle;
    this.reads = new Set(reads);
    this.passes = false;
    this.generation = 0;
    this.seq = 0;
    this.newest = null;
    this.socket = undefined;
    this.tap = undefined;
    // How the last frames began and ended: streams repeat themselves.
    this.rest = NOTHING;
    this.forgetHeads();
  }

  static stop() {
    for (const socket of sockets) {
      socket.onmessage = null;
      socket.close();
    }
  }

  // Nothing of this socket is wanted any more.
  static detach(socket) {
    socket.onmessage = null;
    sockets.delete(socket);
  }

  kind(name) {
    let kind = this.kinds.get(name);
    if (kind === undefined) {
      if (typeof name !== "string" || name.length > LONGEST_NAME || this.kinds.size >= MOST_NAMES) return UNNAMED;
      kind = this.kinds.size;
      this.kinds.set(name, kind);
    }
    return kind;
  }

  listen(name) {
    this.listened.add(this.kind(name));
    this.forgetHeads();
  }

  ignore(kind) {
    this.listened.delete(kind);
    this.forgetHeads();
  }

  // Rust lets events go by without a glance, or does so no longer.
  letPass(passes) {
    this.passes = passes;
  }

  forgetHeads() {
    this.heads = new Array(HEADS).fill(UNKNOWN);
  }

  attach(socket, generation) {
    this.generation = generation;
    this.seq = 0;
    this.newest = null;
    this.socket = socket;
    sockets.add(socket);
    socket.onmessage = (event) => this.receive(generation, event);
    if (this.tap !== undefined) this.wire();
  }

  // tap(direction, text) sees each frame, "in" and "out". Without one, nothing
  // stands in their way.
  watch(tap) {
    this.tap = tap;
    if (this.socket?.readyState <= WebSocket.OPEN) this.wire();
  }

  wire() {
    const { socket, generation, tap } = this;
    delete socket.send;
    socket.onmessage = (event) => {
      tap?.("in", textOf(event.data));
      this.receive(generation, event);
    };
    if (tap === undefined) return;
    const { send } = socket;
    socket.send = (text) => {
      tap("out", text);
      send.call(socket, text);
    };
  }

  receive(generation, event) {
    const data = textOf(event.data);
    const place = placeOf(data);
    const known = this.heads[place];
    if (known.isUnread && data.startsWith(known.head)) {
      const seq = this.seqOf(data);
      if (seq !== NONE) return this.skip(generation, event, known.kind, seq);
    }
    const frame = parse(data);
    if (frame === null) return this.glance(generation, event, UNREADABLE, 0, NONE);
    switch (frame.type) {
      case "event": {
        const kind = frame.event === known.name ? known.kind : this.learn(place, data, frame.event);
        const seq = Number.isSafeInteger(frame.seq) ? frame.seq : NONE;
        const goesBy = this.goesBy(generation, event, kind, seq);
        const seen = goesBy ? DELIVER : this.glance(generation, event, EVENT, kind, seq);
        if (seen === DELIVER) this.deliver(kind, frame);
        else if (seen !== DROP) this.gate.take(generation, frame);
        return;
      }
      case "res": {
        const id = Number(frame.id);
        const isOurs = Number.isInteger(id) && id > 0 && id <= 0xffffffff;
        const seen = this.glance(generation, event, RESPONSE, isOurs ? id : 0, NONE);
        if (seen === SETTLE) this.settle(id, frame, false);
        else if (seen !== DROP) this.gate.take(generation, frame);
        return;
      }
      default:
        this.glance(generation, event, OTHER, 0, NONE);
    }
  }

  // An event that nobody listens to.
  skip(generation, event, kind, seq) {
    if (this.goesBy(generation, event, kind, seq)) return;
    if (this.glance(generation, event, EVENT, kind, seq) <= DELIVER) return;
    // Rust wants it all the same: for a proof that a message arrived.
    const frame = parse(textOf(event.data));
    if (frame !== null) this.gate.take(generation, frame);
  }

  // An event that only goes on with its stream tells Rust no more than that the
  // socket lives, and needs no glance of its own while Rust lets it pass.
  goesBy(generation, event, kind, seq) {
    if (!this.passes || seq !== this.seq + 1 || generation !== this.generation || this.reads.has(kind)) return false;
    this.seq = seq;
    this.newest = event;
    return true;
  }

  glance(generation, event, type, number, seq) {
    this.tell();
    if (seq > this.seq) this.seq = seq;
    return this.gate.glance(generation, type, number, seq, event.timeStamp);
  }

  // Tells what went by, before Rust thinks about anything else.
  tell() {
    if (this.newest === null) return;
    const { timeStamp } = this.newest;
    this.newest = null;
    this.gate.passed(this.generation, this.seq, timeStamp);
  }

  // Remembers how the frames of an event begin, if they have that shape.
  learn(place, data, name) {
    const kind = this.kind(name);
    if (kind === UNNAMED) return kind;
    const head = `${HEAD}${name}"`;
    if (data.startsWith(head)) this.heads[place] = { name, head, kind, isUnread: !this.listened.has(kind) };
    return kind;
  }

  // The `seq` at the end of an event's text, or NONE.
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
    if (tail === null) return NONE;
    // A copy: a piece of a text keeps all of it alive.
    this.rest = [...tail[2]].join("");
    return Number(tail[1]);
  }
}

// Some proxies hand text on as binary.
function textOf(data) {
  return typeof data === "string" ? data : new TextDecoder().decode(data);
}

// Where the head of this text is kept, if it is an event's; anywhere, if not.
function placeOf(data) {
  const at = HEAD.length;
  return (data.charCodeAt(at) + 7 * data.charCodeAt(at + 1) + 31 * data.charCodeAt(at + 4)) & (HEADS - 1);
}

// A frame, or null: what is no object is none.
function parse(data) {
  try {
    const frame = JSON.parse(data);
    return typeof frame === "object" ? frame : null;
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

// Sends an outbox entry: what it lacked when it was written (its session, its
// key) is added now, and its files are read now. Answers, or promises, why it
// cannot be sent; nothing, when it is.
export function sendEntry(socket, id, { method, params, attachments }, more, most) {
  const compose = (files) => {
    try {
      const text = JSON.stringify({ type: "req", id: `${id}`, method, params: { ...JSON.parse(params), ...more, ...files } });
      if (!fits(text, most)) return TOO_LARGE;
      send(socket, text);
    } catch {
      // What is kept of it is no JSON, or more than a text can hold.
      return UNENCODABLE;
    }
  };
  if (!attachments?.length) return compose();
  const encoded = Promise.all(attachments.map(encode));
  return encoded.then(
    (attachments) => compose({ attachments }),
    ({ unreadable }) => `${FILE_UNREADABLE}: ${unreadable}`,
  );
}

// Words of `reasons.rs` in core.
const TOO_LARGE = "too-large";
const UNENCODABLE = "unreadable";
const FILE_UNREADABLE = "file-unreadable";

// A disk that does not answer must not hold up other messages.
const READING_MS = 20_000;

async function encode({ name, mime, blob }) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, READING_MS, { unreadable: name });
  });
  try {
    const bytes = await Promise.race([bytesOf(name, blob), late]);
    return { type: mime.startsWith("image/") ? "image" : "file", mimeType: mime, fileName: name, content: base64(bytes) };
  } finally {
    clearTimeout(timer);
  }
}

async function bytesOf(name, blob) {
  try {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    if (bytes.length === blob.size) return bytes;
  } catch {
    // It was changed or deleted, is a folder, or was never kept.
  }
  throw { unreadable: name };
}

// Copies the files of a message into memory: `{ files, unreadable? }`, where
// those that cannot be read have a name and a size, and nothing more, and
// `unreadable` names the first of them.
export async function copy(attachments) {
  let unreadable;
  const copied = attachments.map(async ({ name, mime, blob }) => {
    try {
      return { name, mime, blob: new Blob([await bytesOf(name, blob)], { type: mime }) };
    } catch {
      unreadable ??= name;
      return { name, mime, size: blob.size };
    }
  });
  const files = await Promise.all(copied);
  return { files, unreadable };
}

// As many bytes as a call takes arguments without harm.
const PIECE = 0x8000;

function base64(bytes) {
  if (bytes.toBase64 !== undefined) return bytes.toBase64();
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
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
