// A gateway in the page: it replaces `WebSocket`, speaks enough of protocol 4,
// and remembers what was sent and listened to.

const RealWebSocket = globalThis.WebSocket;

class FakeSocket extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;
  static gateway;

  constructor(url) {
    super();
    if (!/^wss?:/.test(url)) throw new SyntaxError(`${url} is no WebSocket address`);
    this.url = url;
    this.readyState = 0;
    this.onmessage = null;
    this.bufferedAmount = 0;
    this.listeners = 0;
    // A client of an earlier test that still closes talks to its own gateway.
    this.gateway = FakeSocket.gateway;
    this.gateway.accept(this);
  }

  addEventListener(...args) {
    this.listeners += 1;
    super.addEventListener(...args);
  }

  removeEventListener(...args) {
    this.listeners -= 1;
    super.removeEventListener(...args);
  }

  send(text) {
    if (this.readyState === 0) throw new DOMException("still connecting", "InvalidStateError");
    if (this.readyState === 1) this.gateway.receive(this, text);
  }

  close(code = 1000, reason = "") {
    if (code !== 1000 && (code < 3000 || code > 4999)) throw new DOMException("code", "InvalidAccessError");
    this.finish(code, reason);
  }

  finish(code, reason) {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean: code === 1000 })));
  }

  say(data) {
    let text = typeof data === "string" || data instanceof ArrayBuffer ? data : JSON.stringify(data);
    if (this.gateway.mode === "binary") text = new TextEncoder().encode(text).buffer;
    const event = new MessageEvent("message", { data: text });
    Object.defineProperty(event, "timeStamp", { value: performance.now() });
    this.onmessage?.(event);
  }
}

const canonical = (key) => (key.startsWith("agent:") ? key : `agent:main:${key}`);

export class FakeGateway {
  constructor() {
    this.sockets = [];
    this.frames = [];
    this.answers = new Map();
    this.mode = "normal";
    this.limit = Infinity;
    this.rows = [];
    this.pages = undefined;
    this.bootId = "boot-1";
    FakeSocket.gateway = this;
    this.pageListeners = 0;
    this.uncount = [globalThis, document].map((target) => count(target, (by) => (this.pageListeners += by)));
    globalThis.WebSocket = FakeSocket;
  }

  restore() {
    for (const back of this.uncount) back();
    Clock.giveBack();
    globalThis.WebSocket = RealWebSocket;
  }

  accept(socket) {
    this.sockets.push(socket);
    queueMicrotask(() => {
      if (this.mode === "down") return socket.finish(1006, "");
      if (this.mode === "silent") return;
      socket.readyState = 1;
      socket.seq = 0;
      socket.dispatchEvent(new Event("open"));
      if (this.mode === "html") return socket.say("<!doctype html><title>Not a gateway</title>");
      const ts = this.mode === "no-ts" ? undefined : Date.now();
      socket.nonce = `nonce-${this.sockets.length}`;
      socket.say({ type: "event", event: "connect.challenge", payload: { nonce: socket.nonce, ts } });
    });
  }

  receive(socket, text) {
    if (text.length > this.limit) return socket.finish(1009, "");
    const frame = JSON.parse(text);
    this.frames.push(frame);
    const answer = (payload) => queueMicrotask(() => socket.say({ type: "res", id: frame.id, ok: true, payload }));
    const refuse = (error) => queueMicrotask(() => socket.say({ type: "res", id: frame.id, ok: false, error }));
    const { method, params } = frame;
    if (this.mode === "deaf" && method !== "connect") return;
    if (method === "connect") {
      if (this.mode === "wrong-token") {
        refuse({ code: "INVALID_REQUEST", message: "unauthorized", details: { code: "AUTH_TOKEN_MISMATCH" } });
        return queueMicrotask(() => socket.finish(1008, "unauthorized"));
      }
      return answer(this.hello(params));
    }
    if (method === "chat.send" && params.message === "stop") return answer({ ok: true, aborted: false, runIds: [] });
    if (method === "chat.send") {
      this.rows.push({ role: "user", content: params.message, idempotencyKey: `${params.idempotencyKey}:user`, timestamp: Date.now(), __openclaw: { id: `row-${this.rows.length + 1}`, seq: this.rows.length + 1 } });
      answer({ runId: params.idempotencyKey, status: "started" });
      return queueMicrotask(() => this.event(socket, "session.message", { sessionKey: params.sessionKey, message: this.rows.at(-1) }));
    }
    if (method === "chat.history" && this.mode === "busy") return refuse({ code: "UNAVAILABLE", message: "busy", retryable: true });
    if (method === "chat.history" && this.pages !== undefined) return answer(this.pages[params.offset ?? 0]);
    if (method === "chat.history") return answer({ sessionKey: params.sessionKey, sessionId: "s1", messages: this.rows, hasMore: false });
    if (method === "fails") return refuse({ code: "FORBIDDEN", message: "missing scope: operator.admin", details: { code: "MISSING_SCOPE" } });
    if (method === "never") return;
    if (method === "sessions.messages.subscribe") return answer({ subscribed: true, key: canonical(params.key) });
    if (method === "sessions.messages.unsubscribe") return answer({ subscribed: false, key: canonical(params.key) });
    if (method === "agent") {
      answer({ runId: "r", status: "accepted" });
      return queueMicrotask(() => answer({ runId: "r", status: "ok", summary: "completed" }));
    }
    answer({ method, params });
  }

  hello(params) {
    const scopes = this.mode === "no-scopes" ? [] : params.scopes;
    return {
      type: "hello-ok",
      protocol: 4,
      server: { version: "test", bootId: this.bootId, connId: "c" },
      features: { methods: ["sessions.messages.subscribe"], events: [], capabilities: [] },
      snapshot: { presence: [], health: { ok: true }, stateVersion: { presence: 1, health: 1 }, sessionDefaults: { mainSessionKey: "agent:main:main" } },
      auth: { role: params.role, scopes, deviceToken: "issued-by-the-fake" },
      policy: { maxPayload: 26214400, tickIntervalMs: 30000 },
    };
  }

  event(socket, event, payload, more = {}) {
    socket.seq += 1;
    socket.say({ type: "event", event, payload, seq: socket.seq, ...more });
  }

  // For the tests

  last() {
    return this.sockets.at(-1);
  }

  broadcast(event, payload, more) {
    this.event(this.last(), event, payload, more ?? undefined);
  }

  say(data) {
    this.last().say(data);
  }

  cut() {
    this.last().finish(1006, "");
  }

  setLimit(limit) {
    this.limit = limit;
  }

  setMode(mode) {
    this.mode = mode;
  }

  // The pages of history, by offset.
  setPages(pages) {
    this.pages = pages;
  }

  socketCount() {
    return this.sockets.length;
  }

  openCount() {
    return this.sockets.filter((socket) => socket.readyState < 2).length;
  }

  listenerCount() {
    return this.sockets.reduce((sum, socket) => sum + socket.listeners + (socket.onmessage == null ? 0 : 1), 0);
  }

  pageListenerCount() {
    return this.pageListeners;
  }

  sent(method) {
    return this.frames.filter((frame) => frame.method === method).map((frame) => frame.params);
  }

  // Whether the last connect's proof is signed by the key it names.
  async proves() {
    const { client, role, scopes, device, auth } = this.sent("connect").at(-1);
    const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const token = auth?.token ?? auth?.deviceToken ?? "";
    const text = ["v3", device.id, client.id, client.mode, role, scopes.join(","), device.signedAt, token, device.nonce, client.platform, ""].join("|");
    const key = await crypto.subtle.importKey("raw", bytes(device.publicKey), "Ed25519", true, ["verify"]);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(device.publicKey)));
    const id = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return id === device.id && crypto.subtle.verify("Ed25519", key, bytes(device.signature), new TextEncoder().encode(text));
  }
}

// A clock that a test turns. It goes back when the gateway is taken away.
export class Clock {
  static ahead = 0;

  static take() {
    performance.now = () => Performance.prototype.now.call(performance) + Clock.ahead;
    return new Clock();
  }

  advance(millis) {
    Clock.ahead += millis;
  }

  static giveBack() {
    delete performance.now;
    Clock.ahead = 0;
  }
}

// Somebody comes back to the page.
export function seePage() {
  document.dispatchEvent(new Event("visibilitychange"));
}

export function sleep(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}

// Has the tab that leads a group forget the next tab that begins to listen to
// an event.
export async function forgetWhoListens(store) {
  const { held } = await navigator.locks.query();
  const { name } = held.find((lock) => lock.name.includes(store));
  const channel = new BroadcastChannel(name);
  const heard = new Promise((resolve) => {
    channel.onmessage = ({ data }) => data.kind === "listen" && resolve(data.tab);
  });
  return async () => {
    channel.postMessage({ kind: "bye", tab: await heard });
    channel.close();
  };
}

// Plain http on a LAN: no WebCrypto. Returns what brings it back.
export function withoutWebCrypto() {
  const back = [without(Object.getPrototypeOf(crypto), "subtle"), without(globalThis, "isSecureContext")];
  return () => back.forEach((undo) => undo());
}

// Private windows of some browsers: no IndexedDB.
export function withoutIndexedDb() {
  return without(globalThis, "indexedDB");
}

// Tells of each listener that is added to a target or removed from it.
function count(target, tell) {
  target.addEventListener = (...args) => {
    tell(1);
    return EventTarget.prototype.addEventListener.apply(target, args);
  };
  target.removeEventListener = (...args) => {
    tell(-1);
    return EventTarget.prototype.removeEventListener.apply(target, args);
  };
  return () => {
    delete target.addEventListener;
    delete target.removeEventListener;
  };
}

function without(owner, name) {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value: undefined, configurable: true });
  return () => Object.defineProperty(owner, name, before);
}

// A file that was changed or deleted after it was chosen.
export function brokenFile(name) {
  const file = new File(["was here"], name);
  file.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
  return file;
}

const wholeOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function inShelf(device, work) {
  const database = await wholeOf(indexedDB.open(device));
  const result = await wholeOf(work(database.transaction("device", "readwrite").objectStore("device")));
  database.close();
  return result;
}

// The names of all that a device keeps, and of its databases.
export async function namesOf(device) {
  const keys = await inShelf(device, (shelf) => shelf.getAllKeys());
  const databases = await indexedDB.databases();
  return [...keys, ...databases.map(({ name }) => name)].join("\n");
}

// What version 0.1 left behind when it knew the gateway by this address: a
// message, and its device's token.
export async function plantOlder(device, address, deviceId, message) {
  const scope = new TextEncoder().encode(`${address}\n${deviceId}\noperator`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", scope));
  const hash = [...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const name = `${device}/outbox/${hash}`;
  await inShelf(device, (shelf) => shelf.put(1, `outbox ${name}`));
  await inShelf(device, (shelf) => shelf.put({ token: "older", scopes: [] }, `token operator ${address}`));
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("meta");
    opening.result.createObjectStore("segments", { keyPath: "id", autoIncrement: true });
    opening.result.createObjectStore("facts", { keyPath: ["segment", "origin"] });
  };
  const database = await wholeOf(opening);
  const facts = { origin: message, key: message, answers: 1, bytes: 9, writtenMs: Date.now(), state: "queued", attempts: 0 };
  const row = { facts, payload: { method: "chat.send", params: JSON.stringify({ message }) } };
  await wholeOf(database.transaction("segments", "readwrite").objectStore("segments").add({ owner: "", rows: [row] }));
  database.close();
}

export function textFile(name, text) {
  return new File([text], name, { type: "text/plain" });
}
