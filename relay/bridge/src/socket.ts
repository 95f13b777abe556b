import type { IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import {
  Browsers,
  DEFAULT_CONNECTION_CONFIG,
  DisconnectReason,
  type SocketConfig,
  type WASocket,
  makeWASocket,
} from '@whiskeysockets/baileys';
import type { Account } from './auth/account.js';
import type { KeptMessages } from './inbound/kept.js';
import { inOrder } from './auth/signal.js';
import type { SentMessages } from './outbound/sent.js';
import { Pairing } from './pairing.js';
import type { Journal } from './wire/journal.js';
import { quietLogger } from './wire/logger.js';
import { Refused, within } from './wire/refused.js';
import { note } from './wire/stdio.js';

/** How long one question to WhatsApp may take, in milliseconds. */
const QUERY_MS = 20_000;
/** How long a socket may take to close, in milliseconds. */
const CLOSE_MS = 5_000;

/** Where the connection stands. */
export type State = 'idle' | 'connecting' | 'pairing' | 'linking' | 'open' | 'closed';

/** A socket that is open and linked. */
export interface Open {
  sock: WASocket;
  logger: SocketConfig['logger'];
  /** Throws when this socket is no longer the one in use. */
  check(): void;
}

/** What listens to the sockets, one after the other. */
export interface Listener {
  /** A new socket was made: time to listen to its events. `live` tells whether it is still the one in use. */
  made(sock: WASocket, live: () => boolean): void;
  /** WhatsApp is ready to link. Returns whether a code to scan shall be shown. */
  pairing(pairing: Pairing): boolean;
  opened(open: Open): Promise<void>;
  closed(): Promise<void>;
}

/**
 * One socket to WhatsApp at a time. It never connects again by itself, except once, at once, when WhatsApp asks for
 * that after a link (515): when to try again, and whether, is the relay's to decide from the codes of `state`.
 */
export class Connection {
  private current: { sock: WASocket; pairing: Pairing; linking: boolean; scan: boolean } | undefined;
  private generation = 0;
  private now: State = 'idle';
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly account: Account,
    private readonly journal: Journal,
    private readonly kept: KeptMessages,
    private readonly sent: SentMessages,
    private readonly listener: Listener,
    private readonly failed: (error: Error) => void,
    /** Another server than WhatsApp's, in tests only. */
    private readonly server: string | undefined,
    /** What connects to WhatsApp, where that is not done directly. */
    private readonly agent: Agent | undefined,
  ) {}

  get state(): State {
    return this.now;
  }

  /** The open socket. Throws `not_open` where there is none. */
  open(): Open {
    const { current } = this;
    if (this.now !== 'open' || !current) throw new Refused('not_open', 'WhatsApp is not connected', true);
    const check = (): void => {
      if (current !== this.current) throw new Refused('not_open', 'WhatsApp is not connected any more', true);
    };
    return { sock: current.sock, logger: quietLogger(), check };
  }

  /** The pairing that is going on. */
  pairing(): Pairing {
    if (this.now !== 'pairing' || !this.current) {
      throw new Refused('not_pairing', 'ask for a code after the event "state" says "pairing"', true);
    }
    return this.current.pairing;
  }

  /** Opens a socket; one that is there is closed first. Returns the number of the new one. */
  start(): Promise<number> {
    return this.inTurn(async () => {
      if (this.journal.full) throw new Refused('journal_full', 'acknowledge events first; WhatsApp keeps what comes meanwhile', true);
      await this.drop();
      const { credentials, store } = this.account;
      credentials.forgetHalfPairing();
      // A member who registered again while nobody looked would never get the group's key: everybody gets it once more.
      await store.commit(store.entries('sender-key-memory').map(([key]) => ['sender-key-memory', key, null]));
      return this.connect();
    });
  }

  /** Closes the socket, without a reason to report. */
  stop(): Promise<void> {
    return this.inTurn(() => this.drop());
  }

  /** One start or stop after the other: two at once would leave two sockets of one identity. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private async drop(): Promise<void> {
    const old = this.current;
    this.current = undefined;
    this.now = 'idle';
    if (old) await within(CLOSE_MS, old.sock.end(undefined), () => new Error('slow')).catch(() => undefined);
  }

  /** Closes the socket for a reason of the bridge's own, and says so. */
  async giveUp(reason: string): Promise<void> {
    await this.stop();
    this.now = 'closed';
    this.report('closed', { reason });
  }

  /** Asks WhatsApp for a sign of life. Returns how long that took, in milliseconds. */
  async ask(deadline: number): Promise<number> {
    const { sock } = this.open();
    const begun = Date.now();
    const attrs = { to: 's.whatsapp.net', type: 'get', xmlns: 'w:p' };
    const silent = (): Refused => new Refused('silent', 'WhatsApp does not answer', true);
    const question = sock.query({ tag: 'iq', attrs, content: [{ tag: 'ping', attrs: {} }] }, deadline);
    const answer: unknown = await within(deadline, question, silent).catch(() => undefined);
    if (answer === undefined) throw silent();
    return Date.now() - begun;
  }

  private connect(): number {
    this.generation += 1;
    const { credentials, keys } = this.account;
    const sock = makeWASocket(this.config({ creds: credentials.value, keys }));
    const current = { sock, pairing: new Pairing(sock, credentials, this.journal), linking: false, scan: true };
    const live = (): boolean => this.current === current;
    this.current = current;
    this.say('connecting');
    sock.ws.on('frame', (node: unknown) => {
      if (live() && !(node instanceof Uint8Array)) this.kept.arrived(node as Parameters<KeptMessages['arrived']>[0]);
    });
    // Baileys would wait for its whole time.
    sock.ws.on('unexpected-response', (_: unknown, { statusCode }: IncomingMessage) => {
      note(`WhatsApp, or a proxy on the way, answers with status ${String(statusCode)} of HTTP`);
      const lost = { output: { statusCode: DisconnectReason.connectionLost } };
      if (live()) void sock.end(Object.assign(new Error('no socket'), lost));
    });
    sock.ev.on('creds.update', () => {
      if (credentials === this.account.credentials) this.saveCredentials();
    });
    sock.ev.on('connection.update', ({ connection, qr, isNewLogin, lastDisconnect }) => {
      if (!live()) return;
      if (isNewLogin) {
        current.linking = true;
        current.pairing.finished();
        this.say('linking');
      }
      if (qr && !current.linking) {
        const first = this.now !== 'pairing';
        if (first) this.say('pairing');
        if (first) current.scan = this.listener.pairing(current.pairing);
        if (current.scan) current.pairing.qr(qr);
      }
      if (connection === 'open') this.opened().catch(this.failed);
      if (connection === 'close') this.closed(lastDisconnect?.error, current.linking).catch(this.failed);
    });
    this.listener.made(sock, live);
    return this.generation;
  }

  private config(auth: SocketConfig['auth']): Partial<SocketConfig> & Pick<SocketConfig, 'auth'> {
    return {
      auth,
      logger: quietLogger(),
      browser: Browsers.windows('Chrome'),
      markOnlineOnConnect: false,
      syncFullHistory: false,
      emitOwnEvents: false,
      defaultQueryTimeoutMs: QUERY_MS,
      makeSignalRepository: inOrder(this.kept.wrap(DEFAULT_CONNECTION_CONFIG.makeSignalRepository)),
      getMessage: (key) => Promise.resolve(this.sent.again(key)),
      // The second one is for uploads.
      ...(this.agent && { agent: this.agent, fetchAgent: this.agent }),
      ...(this.server && { waWebSocketUrl: this.server }),
    };
  }

  private saveCredentials(): void {
    try {
      this.account.credentials.save();
      this.account.claimIdentity();
    } catch (error) {
      if (!(error instanceof Refused)) return this.failed(error as Error);
      void this.giveUp(error.code);
    }
  }

  private async opened(): Promise<void> {
    this.say('open');
    await this.listener.opened(this.open());
  }

  private async closed(error: Error | undefined, linking: boolean): Promise<void> {
    const code = (error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode;
    this.current = undefined;
    this.now = 'closed';
    await this.listener.closed();
    if (code === DisconnectReason.restartRequired && linking) {
      this.connect();
      return;
    }
    const aside = code === DisconnectReason.loggedOut ? await this.account.setAside() : undefined;
    this.report('closed', { code: code ?? 0, reason: reasonOf(code), set_aside: aside });
  }

  private say(state: State): void {
    this.now = state;
    this.report(state, {});
  }

  private report(state: State, more: Record<string, unknown>): void {
    this.journal.tell({ ev: 'state', state, generation: this.generation, ...more });
  }
}

/** A word for a close code of Baileys. */
function reasonOf(code: number | undefined): string {
  const words: Record<number, string> = {
    401: 'logged_out',
    403: 'forbidden',
    405: 'client_too_old',
    408: 'lost',
    411: 'multidevice_mismatch',
    428: 'closed',
    440: 'conflict',
    500: 'bad_session',
    503: 'unavailable',
    515: 'restart_required',
  };
  return words[code ?? 0] ?? 'unknown';
}
