import { GatewayError } from "./error.js";
import { Live } from "./live.js";

const EMPTY = { loaded: false, sessions: [], hasMore: false, error: undefined, closed: false };
// A turn changes its session several times: the list is asked for again once.
const SETTLE_MS = 250;
const RETRY_MS = 2_000;
const BECOMES_ANOTHER = new Set(["create", "patch", "delete"]);

const CLOSED = () => new GatewayError({ code: "closed", message: "The list was closed.", advice: "Open another one with `client.sessions()`." });

/** The sessions of a gateway as they stand: see `index.d.ts`. */
export class Sessions {
  #client;
  #params;
  #closed;
  #live;
  #list = EMPTY;
  #offs = [];
  #timer;
  // Sessions that were asked for, and are not of this list as far as is known.
  #others = new Set();
  // The question that waits for its answer: only the latest counts.
  #asking;

  /** @param {object} host of the client: `hear(tell)`, `closed(list)` */
  constructor(client, params, { hear, closed }) {
    this.#client = client;
    this.#params = params;
    this.#closed = closed;
    this.#live = new Live(EMPTY, () => this.#list);
    this.#offs = [
      client.listen("sessions.changed", ({ payload }) => this.#changed(payload)),
      hear((type, detail) => {
        if (type === "status" && detail.status === "ready") this.#begin();
        if (type === "gap") this.#renew();
      }),
    ];
    if (client.status.status === "ready") this.#begin();
  }

  // Bound, as frameworks take them.
  subscribe = (listener) => this.#live.subscribe(listener);
  getSnapshot = () => this.#live.state;

  get state() {
    return this.#live.state;
  }

  changes(options) {
    return this.#live.changes(options);
  }

  close() {
    if (this.#live.why !== undefined) return;
    this.abandon(CLOSED());
    this.#closed(this);
  }

  /** The end, without a word to the module. */
  abandon(why) {
    clearTimeout(this.#timer);
    for (const off of this.#offs) off();
    this.#live.end(why);
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.close();
  }

  // A new connection knows nothing of the last one.
  #begin() {
    this.#client.request("sessions.subscribe", {}, { idempotent: true }).catch((why) => this.#failed(why, () => this.#begin()));
    this.#renew();
  }

  #renew() {
    this.#others.clear();
    this.#ask();
  }

  async #ask() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const asking = (this.#asking = {});
    try {
      const answer = await this.#client.request("sessions.list", this.#params, { idempotent: true });
      if (asking !== this.#asking) return;
      const rows = Array.isArray(answer?.sessions) ? answer.sessions.filter(isRow) : [];
      this.#show({ loaded: true, sessions: this.#sorted(rows), hasMore: answer?.hasMore === true, error: undefined });
    } catch (why) {
      if (asking !== this.#asking) return;
      this.#show({ error: why });
      this.#failed(why, () => this.#renew());
    }
    this.#asking = undefined;
  }

  // Asks again where that may help; a new connection begins anew by itself.
  #failed({ code, gateway }, again) {
    const mayHelp = gateway === undefined ? code === "timeout" : gateway.retryable === true;
    if (mayHelp) this.#later(again, Math.max(RETRY_MS, gateway?.retryAfterMs ?? 0));
  }

  #later(act, wait) {
    if (this.#live.why !== undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#client.status.status === "ready") act();
    }, wait);
  }

  #changed(change) {
    const told = isRow(change?.session) ? change.session : undefined;
    const key = told?.key ?? change?.sessionKey;
    const { sessions } = this.#list;
    const row = sessions.find((row) => row.key === key);
    if (row === undefined) return this.#wonder(key, change?.reason);
    if (change.reason === "delete") return this.#show({ sessions: sessions.filter((other) => other !== row) });
    const next = told === undefined ? row : merged(row, told);
    if (this.#isStale(row, next, change)) this.#later(() => this.#ask(), SETTLE_MS);
    this.#show({ sessions: this.#sorted([next, ...sessions.filter((other) => other !== row)]) });
  }

  // What is not in the list may belong there: it is asked for, once, and again when its own properties change.
  #wonder(key, reason) {
    if (this.#others.has(key) && !BECOMES_ANOTHER.has(reason)) return;
    if (key !== undefined) this.#others.add(key);
    this.#later(() => this.#ask(), SETTLE_MS);
  }

  // Whether an event did not tell all: what moves into the archive may leave the list, an answer that is under way may not
  // know of the change, and last words and titles are not in events, or are late.
  #isStale(row, next, { phase }) {
    const { includeLastMessage, includeDerivedTitles } = this.#params;
    const isRead = phase === "end" && (includeLastMessage || includeDerivedTitles);
    return next === row || next.archived !== row.archived || this.#asking !== undefined || isRead;
  }

  #sorted(rows) {
    const by = this.#params.sortBy ?? "updatedAt";
    return rows.sort((one, other) => (other[by] ?? 0) - (one[by] ?? 0));
  }

  #show(what) {
    if (this.#live.why !== undefined) return;
    this.#list = { ...this.#list, ...what };
    this.#live.change();
  }
}

const isRow = (row) => typeof row?.key === "string";

/** A row as an event changed it: `null` is a member that was taken away. Its last words are those before the last ones. */
function merged(row, { lastMessagePreview, ...change }) {
  return Object.fromEntries(Object.entries({ ...row, ...change }).filter(([, value]) => value !== null));
}
