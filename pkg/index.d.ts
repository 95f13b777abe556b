/// <reference lib="esnext.disposable" />
import type { GatewayEvents, GatewayMethods, SessionRow, SessionsListParams } from "./protocol.js";
import type { AssistantRow, ChatRow, LiveMessage, ToolResultRow, UserRow } from "./shapes.js";

export type * from "./protocol.js";
export type * from "./shapes.js";

/** A value, or a function that is asked for it at each attempt. */
export type Asked<T> = T | (() => T | Promise<T>);

export interface Auth {
  /** The gateway's shared token. */
  token?: string;
  /** The gateway's shared password. */
  password?: string;
  /** A one-time set-up code. */
  bootstrapToken?: string;
}

export interface ClientOptions {
  /** The gateway's address, `ws://` or `wss://`, or a path of the page (`/gateway`); asked for before `auth`. Messages go only to the one they were written for, unless `resend` is called. */
  url: Asked<string | URL>;
  auth?: Asked<Auth | undefined>;
  /** @default "operator" */
  role?: "operator" | "node";
  /** @default ["operator.read", "operator.write", "operator.approvals"] */
  scopes?: readonly string[];
  /** @default ["tool-events", "session-scoped-events"] */
  caps?: readonly string[];
  /** Commands of a node: see `onInvoke`. */
  commands?: readonly string[];
  /** Permissions of a node, such as `{ camera: true }`. */
  permissions?: Readonly<Record<string, boolean>>;
  /** For people; the first digits of the device's id are added. @default "clawline" */
  displayName?: string;
  /** BCP 47 tag. */
  locale?: string;
  backoff?: {
    /** Bound of the first wait. @default 250 */
    baseMs?: number;
    /** Bound of any wait. @default 3000 for two minutes, then 15000 */
    maxMs?: number;
    /** Give up after so many failed attempts in a row. @default never */
    maxAttempts?: number;
  };
  /** The IndexedDB database of the device's key and tokens; the names of its outboxes begin with it. @default "clawline" */
  store?: string;
  /** Share one connection and one outbox with other tabs, where the page has Web Locks. @default true */
  tabs?: boolean;
  outbox?: {
    /** @default 10000 */
    maxEntries?: number;
    /** Of their payloads. @default 33554432 */
    maxBytes?: number;
  };
  /** Gets lines worth a log: codes, keys and numbers, never payloads or secrets. @default none */
  logger?: (level: LogLevel, type: string, fields: Readonly<Record<string, unknown>>) => void;
  /** @default "info" */
  logLevel?: LogLevel;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a gateway tells at the end of the handshake; it may tell more. */
export interface Hello {
  readonly type: "hello-ok";
  readonly protocol: number;
  readonly server: { readonly version: string; readonly bootId?: string; readonly connId: string };
  readonly features: {
    readonly methods: readonly string[];
    readonly events: readonly string[];
    readonly capabilities?: readonly string[];
  };
  /** Kept fresh by `presence` and `health` events. */
  readonly snapshot: {
    readonly presence: readonly Readonly<Record<string, unknown>>[];
    readonly health: Readonly<Record<string, unknown>>;
    readonly stateVersion: { readonly presence: number; readonly health: number };
    readonly sessionDefaults?: { readonly mainSessionKey: string; readonly defaultAgentId: string };
  };
  readonly auth: {
    readonly role: string;
    readonly scopes: readonly string[];
    readonly method?: string;
    readonly issuedAtMs?: number;
  };
  readonly policy: {
    readonly maxPayload: number;
    readonly maxBufferedBytes: number;
    readonly tickIntervalMs: number;
    readonly attachments?: { readonly maxBytes: number; readonly maxImageBytes: number };
  };
}

/** Counters since the client was made; they only grow. */
export interface Metrics {
  /** Socket attempts. */
  readonly attempts: number;
  /** Hellos. */
  readonly connections: number;
  /** How often an attempt or a connection ended, by code. */
  readonly ends: Readonly<Record<string, number>>;
  /** How long the steps of the latest handshake took. */
  readonly phases: { readonly openingMs: number; readonly challengeMs: number; readonly signingMs: number; readonly helloMs: number };
  readonly answered: number;
  readonly failed: number;
  /** Of the latest 256 answers. */
  readonly answerP50Ms?: number;
  readonly answerP99Ms?: number;
  readonly gaps: number;
  /** Events dropped as repetitions, or as older than what is held. */
  readonly dropped: number;
  /** Looks into history to decide messages. */
  readonly looks: number;
  /** Messages that left more than once. */
  readonly repeats: number;
  /** Messages on their way now. */
  readonly outbox: number;
  /** What is in the outbox outlives the page. False before the first attempt to connect. */
  readonly durable: boolean;
}

/** Why a connection ended, and what a person can do. */
export interface Cause {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

export type Status =
  | { readonly status: "idle" }
  | { readonly status: "connecting"; readonly attempt: number; readonly again: boolean }
  | { readonly status: "ready" }
  | { readonly status: "waiting"; readonly attempt: number; readonly again: boolean; readonly retryInMs: number; readonly cause: Cause }
  | { readonly status: "pairing"; readonly requestId?: string; readonly reason?: string; readonly message: string; readonly command?: string; readonly advice: string }
  | { readonly status: "paused"; readonly cause: Cause }
  | { readonly status: "closed" }
  /** A bug of clawline's own has stopped all clients of the page. Only a reload brings them back; the outbox is kept. */
  | { readonly status: "crashed"; readonly cause: Cause };

export type EntryState = "queued" | "sending" | "accepted" | "confirmed" | "parked" | "unconfirmed" | "removed";

/** A message of the outbox that moved on. */
export interface Entry {
  readonly key: string;
  readonly session?: string;
  /** When it is no chat message. */
  readonly method?: string;
  /** When it was written, by this machine's wall clock. */
  readonly writtenMs?: number;
  readonly state: EntryState;
  readonly attempts?: number;
  /** Why it stopped: a code such as `no-row`, `missing-scope` or `expired`, or the gateway's words. */
  readonly reason?: string;
  readonly replaces?: string;
  /** The files that go with it. */
  readonly files?: readonly { readonly name: string; readonly type: string; readonly size: number }[];
}

export interface ClientEvents {
  status: Status;
  outbox: Entry;
  /** Events were lost on the way: what is derived from them is stale. */
  gap: undefined;
  /**
   * `key-is-readable`: plain http has no WebCrypto. `no-webcrypto`: this browser's knows no Ed25519.
   * `nothing-is-kept`: the device is a new one at every visit. `outbox-not-kept`: unsent messages are in memory only.
   * `outbox-is-newer`: a newer page keeps them, this one keeps its own in memory. `outbox-set-aside`, `outbox-unreadable`:
   * (some of) those of an earlier visit cannot be read; they are kept.
   */
  notice:
    | "key-is-readable"
    | "no-webcrypto"
    | "nothing-is-kept"
    | "outbox-not-kept"
    | "outbox-is-newer"
    | "outbox-set-aside"
    | "outbox-unreadable";
  /** The outbox was read from the store, or is another one now: look at `entries()` anew. */
  restored: undefined;
  error: GatewayError;
}

/** What `addEventListener` takes; `on` is shorter. */
export type ClientListener<K extends keyof ClientEvents> =
  | ((event: CustomEvent<ClientEvents[K]>) => void)
  | { handleEvent(event: CustomEvent<ClientEvents[K]>): void }
  | null;

/** The gateway's own error, when it refused. */
export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/**
 * What this package and the gateway refuse. Beside it there are: `TypeError`, thrown at the call, for what is no string, no
 * file or no listener where one belongs; the `reason` of an `AbortSignal` of yours (a `DOMException` named `AbortError` or
 * `TimeoutError`, unless you gave another one); and what your own functions throw.
 */
export class GatewayError extends Error {
  /** The gateway's fine code, else its coarse one, else one of ours in lower case. */
  readonly code: string;
  /** The bytes had left: it may have run. */
  readonly sent: boolean;
  /** The first of two answers had come: it runs, or has run. */
  readonly accepted: boolean;
  /** What a person can do, where somebody must do something. */
  readonly advice?: string;
  /** Where this code is explained. */
  readonly docsUrl: string;
  readonly gateway?: ErrorShape;
  /** For logs: `JSON.stringify` writes what it says. */
  toJSON(): {
    name: string;
    code: string;
    message: string;
    advice: string | undefined;
    docsUrl: string;
    sent: boolean;
    accepted: boolean;
  };
}

export interface RequestOptions {
  signal?: AbortSignal;
  /** For the first answer; `null` waits for ever. @default 30000 */
  timeoutMs?: number | null;
  /** For the last of two answers, after the first. @default for ever: an agent may work for hours */
  finalTimeoutMs?: number | null;
  /** Wait for the second answer of a method that has two (`agent`). */
  expectFinal?: boolean;
  /** It only reads: when the connection is lost it is asked again by itself, within its deadline. */
  idempotent?: boolean;
  /** Called with the first of two answers. */
  onAccepted?: (payload: unknown) => void;
}

/** A file of a message. */
export interface Attachment {
  readonly name: string;
  readonly blob: Blob;
}

export interface SendOptions {
  /** Not empty. @default the main session */
  sessionKey?: string;
  /** Kept as they are, and read when the message leaves. */
  attachments?: Iterable<File | Attachment> | ArrayLike<File | Attachment>;
  /** How long it may wait before it leaves; then it is parked, with the reason `expired`. @default for ever */
  ttlMs?: number;
}

/**
 * A message on its way. What *accepted* and *confirmed* prove: the gateway has answered, and: the message stands in the
 * session's transcript (a request that was enqueued: its answer has come). Both reject with a `GatewayError` when the
 * message stops before: `parked` (refused or too old), `unconfirmed` (nobody can know), `removed` or `dismissed`;
 * `client.entries()` has it until somebody decides, and while it is parked those behind it in its session stay `queued`. What was not taken
 * in at all is `removed`, too, and in no list. No promise has to be waited for.
 */
export interface SendHandle {
  /** Its idempotency key, which is also the id of its run; another one once the gateway has voided it. */
  readonly key: string;
  readonly state: EntryState;
  /** Resolves when it is known where it is kept, and not before: the store is opened by `connect()`. Rejects when it does not fit. */
  readonly stored: Promise<Stored>;
  readonly accepted: Promise<void>;
  readonly confirmed: Promise<void>;
  /** Takes it back: it was surely not sent. False when it is under way. */
  cancel(): boolean;
  /** As `client.dismiss`. */
  dismiss(): boolean;
}

/** Where a message is kept. */
export interface Stored {
  /** On disk: the next page finds it. False where the browser keeps nothing. */
  readonly durable: boolean;
}

/** Something to show in a chat, in order. */
export type ChatItem = MessageItem | RunItem;

/** A row of the transcript: the same object until history is read anew. */
export type MessageItem =
  | MessageOf<"user", UserRow>
  | MessageOf<"assistant", AssistantRow>
  | MessageOf<"tool", ToolResultRow>
  | MessageOf<"notice", ChatRow>;

export interface MessageOf<Role extends string, Row extends ChatRow> {
  readonly type: "message";
  /** Stays the same as long as the row is there; the row that ends a run has the id that the run's item had. */
  readonly id: string;
  readonly role: Role;
  /** As the gateway sent it. */
  readonly message: Row;
  /** The idempotency key with which a person's message was sent. */
  readonly key?: string;
  readonly runId?: string;
  /** When the gateway recorded it, Unix milliseconds. */
  readonly atMs?: number;
  /** These words were broken off, as a row of its own says that is not shown; or it is that row, and there are no words. */
  readonly ended?: "aborted";
}

/**
 * What a run has said and no row holds yet. While it goes on, it is the last item; one that has ended stays, with its
 * words, how it ended and why, behind the message that began it, until a row says the same.
 */
export interface RunItem {
  readonly type: "run";
  /** The id of the run. Its last row takes it over, so that a keyed list keeps its element. */
  readonly id: string;
  readonly role: "assistant";
  readonly runId: string;
  /** All that it has said so far; of a run that was found in history only the `text`. */
  readonly message?: LiveMessage | { readonly text: string };
  /** The model did not answer and is asked again; until words or an end come. */
  readonly retrying?: Retrying;
  readonly ended?: "final" | "aborted" | "error";
  /** What went wrong, in the gateway's words. Words that follow withdraw it. */
  readonly error?: string;
}

/** What the gateway says of another attempt, as far as it does. */
export interface Retrying {
  readonly attempt?: number;
  readonly of?: number;
  readonly message?: string;
  readonly delayMs?: number;
}

/** A chat as it stands: the same object until something changes. */
export interface ChatState {
  /** Unknown until a hello has named the main session. */
  readonly sessionKey?: string;
  /** Its history has been read: an empty chat is a new one. */
  readonly loaded: boolean;
  readonly items: readonly ChatItem[];
  /** The ids of the runs under way. */
  readonly runs: readonly string[];
  /** `older()` would find something. */
  readonly hasOlder: boolean;
  /** Why the history could not be read. It is tried again where that may help. */
  readonly error?: GatewayError;
  /** Messages on their way to this session that have no row yet. */
  readonly outbox: readonly (Entry & { readonly text?: string })[];
  /** The chat was closed, or its client: it changes no more. */
  readonly closed: boolean;
}

/** One session's chat: history and events folded, over reconnects, restarts and other tabs. */
export interface Chat {
  readonly sessionKey: string | undefined;
  readonly state: ChatState;
  /** Calls back after changes; returns what ends that. It is bound, as `getSnapshot`: React's `useSyncExternalStore` takes both. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The state. */
  readonly getSnapshot: () => ChatState;
  /** The state now, then the newest one after each change, until the signal or `close()`. */
  changes(options?: { signal?: AbortSignal }): AsyncIterableIterator<ChatState>;
  /**
   * As `client.send`, in this session.
   *
   * @throws {GatewayError} with the code `closed` on a closed chat; `stop` and `older` reject with it
   */
  send(message: string, options?: Omit<SendOptions, "sessionKey">): SendHandle;
  /** Stops the runs under way. */
  stop(): Promise<void>;
  /** Loads the next older page; whether there was one. */
  older(): Promise<boolean>;
  /** Follows the session no longer. */
  close(): void;
  [Symbol.dispose](): void;
}

/** The sessions of a gateway as they stand: the same object until something changes. */
export interface SessionsState {
  /** They have been read. */
  readonly loaded: boolean;
  /** The newest first. */
  readonly sessions: readonly SessionRow[];
  /** There are more than were asked for. */
  readonly hasMore: boolean;
  /** Why they could not be read. It is tried again where that may help. */
  readonly error?: GatewayError;
  readonly closed: boolean;
}

/** A list of sessions, kept by events and read anew with each connection. */
export interface SessionList {
  readonly state: SessionsState;
  /** As those of `Chat`. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => SessionsState;
  changes(options?: { signal?: AbortSignal }): AsyncIterableIterator<SessionsState>;
  close(): void;
  [Symbol.dispose](): void;
}

/** A frame of this tab's own socket. Members and methods whose names speak of secrets are hidden. */
export interface SeenFrame {
  readonly direction: "in" | "out";
  /** Unix milliseconds. */
  readonly at: number;
  /** Its length on the wire. */
  readonly bytes: number;
  /** `undefined` when it is no JSON. */
  readonly frame: RequestFrame | ResponseFrame | EventFrame | undefined;
  /** So many frames before this one were dropped because they were not read. */
  readonly lagged: number;
}

export interface RequestFrame {
  readonly type: "req";
  readonly id: string;
  readonly method: string;
  readonly params?: unknown;
}

export interface ResponseFrame {
  readonly type: "res";
  readonly id: string;
  readonly ok: boolean;
  readonly payload?: unknown;
  readonly error?: ErrorShape;
}

/** Runs a command of a node. What it returns (a promise of) is the answer; what it throws is told in words. */
export type InvokeHandler = (params: unknown, call: { readonly command: string; readonly signal: AbortSignal }) => unknown;

/** An event of the published schema, or any other. */
export type EventName = keyof GatewayEvents | (string & {});

/** `unknown` for an event that the published schema does not have. */
export type EventPayload<E extends string> = E extends keyof GatewayEvents ? GatewayEvents[E] : unknown;

/** An event as the gateway sent it. */
export interface EventFrame<T = unknown> {
  readonly type: "event";
  readonly event: string;
  readonly payload: T;
  readonly seq?: number;
}

/** One event of the gateway. */
export interface GatewayEvent<T = unknown> {
  readonly payload: T;
  readonly seq?: number;
  /** So many events before this one were dropped because they were not read. */
  readonly lagged: number;
}

export class GatewayClient extends EventTarget implements AsyncDisposable {
  constructor(options: ClientOptions);
  /** The same object until it changes; `retryInMs` counts from then. */
  readonly status: Status;
  /** The payload of the last `hello-ok`, its snapshot kept fresh. */
  readonly hello: Hello | undefined;
  /** What happened so far; `undefined` until the module is loaded. */
  metrics(): Metrics | undefined;
  /**
   * Connects, now: from idle, a wait, a pause, or after `close()`.
   *
   * @throws {GatewayError} with the code `closed` after the client was disposed of
   */
  connect(): void;
  /** Ends the connection; messages on their way stay for the next one. */
  close(): void;
  /**
   * Resolves when connected, also after an approval; rejects when the sign-in must change, on `close()`, on abort, and
   * without `connect()`.
   */
  ready(options?: { signal?: AbortSignal }): Promise<void>;
  /**
   * Asks, with a method of the published schema; its params may be left out when none of them is required. It waits for a
   * connection that is on its way, within its deadline. What the gateway does not have rejects with `unknown-method`.
   */
  request<M extends keyof GatewayMethods>(
    method: M,
    ...rest: {} extends GatewayMethods[M]["params"]
      ? [params?: GatewayMethods[M]["params"], options?: RequestOptions]
      : [params: GatewayMethods[M]["params"], options?: RequestOptions]
  ): Promise<GatewayMethods[M]["result"]>;
  /** The same with any method: of a plugin, or newer than the schema. */
  call<T = unknown>(method: string, params?: unknown, options?: RequestOptions): Promise<T>;
  /**
   * Puts a chat message into the outbox of its session (the main one by default). It leaves when it can, in order, once,
   * also after a reload. Follows the session.
   */
  send(message: string, options?: SendOptions): SendHandle;
  /**
   * Puts a request into the outbox whose method takes an idempotency key; it is done when it is answered. `chat.send` is
   * a message as those of `send`.
   */
  enqueue(method: string, params?: Readonly<Record<string, unknown>>, options?: { ttlMs?: number }): SendHandle;
  /**
   * Changes the words of a message that is not under way and answers its key: a new one when it was parked or
   * unconfirmed, and goes out anew. `undefined` when it is under way. In a tab that follows another one, a key means
   * that it was asked for: what leaves at that moment leaves as it was.
   */
  edit(key: string, message: string): string | undefined;
  /** The messages on their way, also those of tabs that share the outbox, with their words. */
  entries(): (Entry & { readonly text?: string })[];
  /** Takes a message back that is not under way: it was surely not sent. False when it is. */
  remove(key: string): boolean;
  /** Ends a message in any state: nobody follows it any longer, though it may have arrived, or still arrive. False when there is none. */
  dismiss(key: string): boolean;
  /** Sends a parked or unconfirmed message again, in its place; answers its new key. */
  resend(key: string): string | undefined;
  /** Asks for the `chat`, `agent` and `session.message` events of a session (the main one by default), after every hello. */
  follow(sessionKey?: string): void;
  /** The chat of a session (the main one by default), followed until it is closed. */
  chat(sessionKey?: string): Chat;
  /** The gateway's sessions, kept until the list is closed; params as those of `sessions.list`. */
  sessions(params?: Omit<SessionsListParams, "offset">): SessionList;
  /**
   * The bytes of a file of a row, by its address in `__openclaw.media` (`media://…`). OpenClaw gives them over HTTP to who has
   * the shared token or password, and tells no browser that another origin may read them: it works in pages that come from
   * the gateway's own origin (a proxy can see to that) and in programs. Our own gateway serves none.
   *
   * @throws {GatewayError} with the code `media-unavailable`
   */
  media(url: string, options?: { signal?: AbortSignal }): Promise<Blob>;
  /**
   * Answers a command of a node (`role: "node"`, named in `commands`), once, also when the connection is lost meanwhile;
   * returns what ends that. One handler a command.
   */
  onInvoke(command: string, handler: InvokeHandler): () => void;
  /** Ends the connection and deletes this device's key, tokens and unsent messages: the next connection is another device's. */
  forgetDevice(): Promise<void>;
  on<K extends keyof ClientEvents>(type: K, listener: (detail: ClientEvents[K]) => void, options?: { signal?: AbortSignal }): () => void;
  addEventListener<K extends keyof ClientEvents>(type: K, listener: ClientListener<K>, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof ClientEvents>(type: K, listener: ClientListener<K>, options?: boolean | EventListenerOptions): void;
  /**
   * Calls `listener` with each event of the gateway that has this name; returns what ends that.
   * An event that nobody listens to is not even parsed.
   */
  listen<E extends EventName>(name: E, listener: (frame: EventFrame<EventPayload<E>>) => void, options?: { signal?: AbortSignal }): () => void;
  /**
   * Events of the gateway with this name, from now on, until the signal or `close()`. The events of a session come only
   * to those who `follow()` it.
   */
  events<E extends EventName>(name: E, options?: { signal?: AbortSignal; buffer?: number }): AsyncIterableIterator<GatewayEvent<EventPayload<E>>>;
  /**
   * What goes over this tab's own socket, both ways, for people to look at. With `tabs`, another tab may have the socket.
   * Costs nothing while nobody looks.
   */
  frames(options?: { signal?: AbortSignal; buffer?: number }): AsyncIterableIterator<SeenFrame>;
  /** Closes for good and frees what it holds. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The words of a message, without what an agent thought or called. */
export function textOf(message: ChatRow | LiveMessage | { readonly text: string } | undefined): string;

/**
 * Loads the WebAssembly module; a client does so by itself. What a network did not deliver is asked for three times more
 * within nine seconds, unless `source` can be read only once.
 *
 * @throws {GatewayError} with the code `wasm` when it did not load; the next call tries again.
 */
export function init(source?: URL | string | Response | BufferSource | WebAssembly.Module): Promise<unknown>;
