import { Chat } from "./chat.js";
import * as check from "./checks.js";
import { GatewayError, call, lacking, refusal, unknownMethod } from "./error.js";
import { Shown } from "./frames.js";
import { Invocations } from "./invocations.js";
import { Listeners } from "./listeners.js";
import { log } from "./log.js";
import { media } from "./media.js";
import { Requests, patient, unless } from "./requests.js";
import { missingScope, scopeOf } from "./scopes.js";
import { Sends, newKey } from "./sends.js";
import { Sessions } from "./sessions.js";
import { Standing } from "./standing.js";
import { Streams } from "./stream.js";
import { RawClient, enter, init, onCrash, raised } from "./wasm.js";

// The module is being loaded.
const STARTING = { status: "connecting", attempt: 1, again: false };

const CLOSED = () => new GatewayError({ code: "closed", message: "The client was closed." });
const DISPOSED = () => new GatewayError({ code: "closed", message: "The client was disposed of.", advice: "Make another one." });
const ADMIN = "operator.admin";
// A session that cannot be followed for the moment is asked for again after this.
const RETRY_MS = 2_000;

export class GatewayClient extends EventTarget {
  #options;
  #standing = new Standing(() => (this.#isOver ? DISPOSED() : CLOSED()));
  #raw;
  #wanted = false;
  #crash;
  #requests = new Requests((type, detail) => this.#log(type, detail), (method, refused) => this.#refused(method, refused));
  #sends = new Sends((key) => this.remove(key), (key) => this.dismiss(key));
  #listeners = new Listeners((name, listens) => this.#raw?.listen(name, listens));
  #streams = new Streams();
  #invocations = new Invocations(this);
  #followed = new Set();
  #allowed = new Set();
  // Chats and lists of sessions that are open.
  #open = new Set();
  #canonical = new Map();
  #tapped = new Set();
  // Who hears of what: the chats and lists, the app by `on`, and which names it took with `addEventListener`.
  #insiders = new Set();
  #heard = new Listeners(() => {});
  #dispatched = new Set();
  #pending = [];
  // Aborted when the client is disposed of.
  #life = new AbortController();
  #forget;

  constructor(options) {
    super();
    this.#options = check.options(options);
    this.#forget = onCrash((error) => this.#crashed(error));
  }

  get status() {
    return this.#standing.now;
  }

  get hello() {
    return this.#raw?.hello();
  }

  metrics() {
    return this.#raw?.metrics();
  }

  connect() {
    if (this.#isOver) throw DISPOSED();
    this.#wanted = true;
    const loaded = this.#raw;
    if (loaded !== undefined) return enter(() => loaded.connect());
    if (this.#crash === undefined) this.#standing.move(STARTING);
    this.#load().then(
      (raw) => this.#wanted && enter(() => raw.connect()),
      (error) => this.#notLoaded(error),
    );
  }

  close() {
    this.#wanted = false;
    if (this.#raw !== undefined) this.#raw.close();
    else if (this.#crash === undefined && this.status.status !== "closed") this.#told("status", { status: "closed" });
    this.#streams.end();
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    if (this.#isOver) return;
    const why = DISPOSED();
    this.#life.abort(why);
    for (const one of [...this.#open]) one.close();
    this.close();
    this.#forget();
    const raw = this.#raw;
    this.#raw = undefined;
    this.#streams.endForGood();
    this.#failAll(why);
    // The call that led here may come from there.
    await undefined;
    raw?.free();
  }

  get #isOver() {
    return this.#life.signal.aborted;
  }

  ready(options) {
    return this.#standing.ready(options);
  }

  request(method, params = {}, options = {}) {
    const raw = this.#raw;
    if (raw === undefined) return this.#requestLater(method, params, options);
    if (!this.#allowed.has(method)) {
      const refused = this.#refuse(method);
      if (refused !== undefined) return Promise.reject(refused);
    }
    // Once loaded, a request leaves before this returns.
    return this.#requests.make(raw, method, params, options);
  }

  async #requestLater(method, params, options) {
    const asked = check.json(params);
    await patient(this.#load(), options);
    return this.request(method, asked, options);
  }

  // The gateway would refuse this method on this connection.
  #refuse(method) {
    const scopes = this.hello?.auth?.scopes;
    // What a node may do its role says.
    if (!Array.isArray(scopes) || this.#options.role === "node") return undefined;
    const scope = missingScope(method, scopes);
    if (scope !== undefined) return lacking(method, scope);
    this.#allowed.add(method);
  }

  // To who may not know all that there is, a gateway says of what it does not have that a scope is missing. Its list of
  // methods alone does not tell: it leaves some out.
  #refused(method, refused) {
    const { features, server } = this.hello ?? {};
    const listed = Array.isArray(features?.methods) ? features.methods : [];
    const isStrange = listed.length > 0 && !listed.includes(method) && scopeOf(method) !== ADMIN;
    const isHidden = isStrange && refused?.message === `missing scope: ${ADMIN}`;
    if (!isHidden && refused?.message !== `unknown method: ${method}`) return refusal(refused);
    return unknownMethod(method, server?.version, refused);
  }

  call(method, params, options) {
    return this.request(method, params, options);
  }

  send(message, options = {}) {
    this.follow(options.sessionKey);
    return this.#send(message, options);
  }

  #send(message, { sessionKey, attachments, ttlMs }) {
    const key = newKey();
    const [session, files] = [check.session(sessionKey), check.files(attachments)];
    const isEmpty = check.text(message, "A message").trim() === "" && !files?.length;
    return this.#enqueue(key, (raw) => {
      if (isEmpty) throw new GatewayError({ code: "invalid-params", message: "The message is empty.", advice: "It needs words or a file." });
      raw.send(key, session, message, files, ttlMs);
    });
  }

  enqueue(method, params = {}, { ttlMs } = {}) {
    check.text(method, "A method");
    const key = params.idempotencyKey === undefined ? newKey() : check.ownKey(params.idempotencyKey);
    check.session(params.sessionKey);
    const keyed = { ...params, idempotencyKey: key };
    // What is said there proves that it arrived.
    if (method === "chat.send") this.follow(params.sessionKey);
    return this.#enqueue(key, (raw) => raw.enqueue(method, keyed, ttlMs));
  }

  #enqueue(key, keep) {
    const kept = (send) => (resolve, reject) => {
      const never = this.#crash ?? (this.#isOver ? DISPOSED() : check.host());
      if (never !== undefined) return reject(never);
      this.#whenLoaded((raw) => {
        if (send.isOver) return;
        try {
          enter(() => keep(raw));
        } catch (why) {
          return reject(why);
        }
        send.isKept = true;
        raw.stored(key).then((durable) => resolve({ durable: durable !== false }), reject);
      });
    };
    return this.#sends.add(key, (send) => new Promise(kept(send)));
  }

  edit(key, message) {
    check.text(key, "A key");
    check.text(message, "A message");
    return enter(() => this.#raw?.edit(key, message));
  }

  entries() {
    return this.#raw?.entries() ?? [];
  }

  remove(key) {
    return this.#raw?.remove(check.text(key, "A key")) ?? false;
  }

  dismiss(key) {
    return this.#sends.dismiss(check.text(key, "A key"), () => this.#raw?.dismiss(key) ?? false);
  }

  resend(key) {
    return this.#raw?.resend(check.text(key, "A key"));
  }

  follow(asked) {
    const sessionKey = check.session(asked);
    if (this.#followed.has(sessionKey)) return;
    this.#followed.add(sessionKey);
    if (this.status.status === "ready") this.#subscribe(sessionKey);
  }

  chat(sessionKey) {
    const chat = new Chat(this, check.session(sessionKey), {
      whenLoaded: (open) => this.#whenLoaded(open),
      hear: (tell) => this.#hear(tell),
      mainSession: () => this.#mainSession(),
      send: (message, options) => this.#send(message, options),
      closed: (chat, key) => {
        this.#open.delete(chat);
        this.#leave(key);
      },
    });
    return this.#opened(chat);
  }

  sessions(params = {}) {
    const host = { hear: (tell) => this.#hear(tell), closed: (list) => this.#open.delete(list) };
    return this.#opened(new Sessions(this, check.json(params), host));
  }

  #opened(live) {
    const never = this.#crash ?? (this.#isOver ? DISPOSED() : undefined);
    if (never !== undefined) live.abandon(never);
    else this.#open.add(live);
    return live;
  }

  async media(url, { signal } = {}) {
    if (!check.text(url, "The address of a file").startsWith("media://")) throw new TypeError("A file's address begins with media://.");
    const answers = Promise.all([this.#ask("url"), this.#ask("auth")]);
    return media(url, ...(await unless(signal, answers)), signal);
  }

  onInvoke(command, handler) {
    return this.#invocations.on(command, handler);
  }

  async forgetDevice() {
    const raw = await this.#load();
    this.#wanted = false;
    this.#sends.failAll(new GatewayError({ code: "removed", message: "The device was forgotten, with its messages." }));
    await raw.forgetDevice().catch((error) => {
      throw raised(error);
    });
  }

  on(type, listener, options) {
    return this.#heard.add(type, ({ detail }) => listener(detail), options);
  }

  listen(name, listener, options) {
    return this.#listeners.add(name, listener, options);
  }

  events(name, options) {
    const read = ({ payload, seq }, lagged) => ({ payload, seq, lagged });
    return this.#streams.open((push) => this.listen(name, push), read, options);
  }

  frames(options) {
    const start = (push) => {
      this.#tapped.add(push);
      this.#tap();
      return () => {
        this.#tapped.delete(push);
        this.#tap();
      };
    };
    return this.#streams.open(start, (frame, lagged) => ({ ...frame, lagged }), options);
  }

  #tap() {
    const shown = new Shown();
    const tap = (direction, text) => {
      const frame = shown.frame(direction, text);
      for (const push of this.#tapped) push(frame);
    };
    this.#raw?.tap(this.#tapped.size > 0 ? tap : undefined);
  }

  #subscribe(sessionKey) {
    const key = sessionKey ?? this.#mainSession();
    if (key === undefined) return;
    this.request("sessions.messages.subscribe", { key }).then(
      (answer) => this.#canonical.set(sessionKey, answer?.key),
      (why) => {
        // A gateway that does not know the method sends everything anyway; a lost
        // connection brings us here again.
        if (why.gateway?.retryable !== true) return;
        setTimeout(() => this.status.status === "ready" && this.#subscribe(sessionKey), RETRY_MS);
      },
    );
  }

  // A chat of a session was closed.
  #leave(key) {
    if (key === undefined || this.status.status !== "ready") return;
    const nameOf = (asked) => this.#canonical.get(asked) ?? asked ?? this.#mainSession();
    const isFollowed = [...this.#followed].some((asked) => nameOf(asked) === key);
    if (isFollowed || [...this.#open].some(({ sessionKey }) => sessionKey === key)) return;
    this.request("sessions.messages.unsubscribe", { key }).catch(() => {});
  }

  #mainSession() {
    return this.#raw?.mainSession();
  }

  async #load() {
    const never = check.host();
    if (never !== undefined) throw never;
    await unless(this.#life.signal, init());
    this.#life.signal.throwIfAborted();
    if (this.#crash !== undefined) throw this.#crash;
    return this.#raw ?? this.#make();
  }

  // Acts once there is a module, also when it loads at a later attempt only.
  #whenLoaded(act) {
    if (this.#raw !== undefined) return act(this.#raw);
    this.#pending.push(act);
    this.#load().catch(() => {});
  }

  #notLoaded(error) {
    if (error === this.#crash || this.#isOver) return;
    const { code, message, advice } = error;
    this.#told("status", { status: "paused", cause: { code, message, advice } });
    this.#emit("error", error);
  }

  #make() {
    const raw = new RawClient(
      this.#options,
      (what) => this.#ask(what),
      (_, frame) => this.#listeners.deliver(frame),
      (id, frame, accepted) => this.#requests.settle(id, frame, accepted),
      (type, detail) => this.#told(type, detail),
      (id, error) => this.#requests.fail(id, new GatewayError(error)),
    );
    for (const name of this.#listeners.names()) raw.listen(name, true);
    this.#raw = raw;
    if (this.#tapped.size > 0) this.#tap();
    for (const act of this.#pending.splice(0)) act(raw);
    return raw;
  }

  // "url" says which gateway's outbox to open, "auth" what to sign in with.
  async #ask(what) {
    const given = this.#options[what];
    const answer = await (typeof given === "function" ? given() : given);
    return what === "url" ? check.address(answer) : { ...answer };
  }

  // Nothing of the module may be called any more.
  #crashed(error) {
    this.#crash = error;
    this.#raw = undefined;
    const { code, message, advice } = error;
    const crashed = { status: "crashed", cause: { code, message, advice } };
    this.#standing.move(crashed);
    // Listeners run once nothing of the module is under way.
    queueMicrotask(() => {
      for (const one of [...this.#open]) one.abandon(error);
      this.#streams.endForGood();
      this.#failAll(error);
      this.#told("status", crashed);
    });
  }

  #failAll(why) {
    this.#requests.failAll(why);
    this.#sends.failAll(why);
  }

  addEventListener(type, ...rest) {
    this.#dispatched.add(type);
    super.addEventListener(type, ...rest);
  }

  // A new connection.
  #renew() {
    this.#allowed.clear();
    for (const key of this.#followed) this.#subscribe(key);
  }

  #told(type, detail) {
    // What nobody told this tab while it slept.
    if (type === "ended") return detail.forEach((entry) => this.#sends.moved(entry));
    if (type === "outbox") this.#sends.moved(detail);
    if (type === "restored") for (const entry of this.entries()) this.#sends.moved(entry);
    if (type === "status") {
      this.#standing.move(detail, !this.#isHeard("status"));
      if (detail.status === "ready") this.#renew();
      return this.#emit(type, this.status);
    }
    this.#emit(type, detail);
  }

  // An app that hears of it by any way.
  #isHeard(type) {
    return this.#heard.has(type) || this.#dispatched.has(type) || this.#options.logger !== undefined;
  }

  #hear(tell) {
    this.#insiders.add(tell);
    return () => this.#insiders.delete(tell);
  }

  #emit(type, detail) {
    for (const tell of [...this.#insiders]) call(tell, type, detail);
    this.#heard.deliver({ event: type, detail });
    // An event that nobody ever listened to is not even made.
    if (this.#dispatched.has(type)) this.dispatchEvent(new CustomEvent(type, { detail }));
    this.#log(type, detail);
  }

  #log(type, detail) {
    log(this.#options, type, detail);
  }
}
