import type { Agent } from 'node:https';
import type { WASocket } from '@whiskeysockets/baileys';
import { Account } from './auth/account.js';
import { Inbound } from './inbound/inbound.js';
import { KeptMessages } from './inbound/kept.js';
import { oneLine } from './inbound/content.js';
import { type Named, People } from './inbound/people.js';
import { Receipts } from './outbound/receipts.js';
import { Sender } from './outbound/sender.js';
import { SentMessages } from './outbound/sent.js';
import { Typing } from './outbound/typing.js';
import type { Pairing } from './pairing.js';
import { Connection, type Open } from './socket.js';
import { Journal } from './wire/journal.js';
import type { Refused } from './wire/refused.js';
import { note } from './wire/stdio.js';

/** What a bridge is started with. */
export interface Settings {
  folder: string;
  locks?: string;
  server?: string;
  /** What connects to WhatsApp, where that is not done directly. */
  agent?: Agent;
  write: (line: string) => void;
  /** Something broke that leaves no way on, such as a full disk: the process has to end. */
  failed: (error: Error) => void;
}

/** One linked account: its parts, put together. Commands are in `commands.ts`. */
export class Bridge {
  readonly journal: Journal;
  readonly people: People;
  readonly sent: SentMessages;
  readonly sender: Sender;
  readonly typing = new Typing();
  readonly connection: Connection;
  /** Whether the history of chats is told. */
  wantsHistory = true;
  /** The phone number that a pairing code is asked for as soon as WhatsApp is ready for it. */
  codeFor: string | undefined;
  private readonly inbound: Inbound;
  private readonly receipts: Receipts;
  private announced: boolean;

  private constructor(
    readonly account: Account,
    { server, agent, write, failed }: Settings,
  ) {
    const { store } = account;
    store.whenBroken = failed;
    this.journal = new Journal(store, write, failed);
    this.people = new People(store);
    this.sent = new SentMessages(store);
    this.sender = new Sender(store, this.journal, this.sent);
    this.receipts = new Receipts(this.sender, this.people);
    const kept = new KeptMessages(store);
    this.inbound = new Inbound(store, this.journal, this.people, kept, () => this.me(), (id) => this.sent.has(id));
    this.announced = account.credentials.linked;
    const listener = {
      made: (sock: WASocket, live: () => boolean) => this.listen(sock, live),
      pairing: (pairing: Pairing) => this.pairing(pairing),
      opened: (open: Open) => this.opened(open),
      closed: () => this.closed(),
    };
    this.connection = new Connection(account, this.journal, kept, this.sent, listener, failed, server, agent);
  }

  /** Opens the account, and tells again what the relay does not have yet. */
  static async open(settings: Settings, ready: (bridge: Bridge) => void): Promise<Bridge> {
    const bridge = new Bridge(await Account.open(settings.folder, settings.locks), settings);
    ready(bridge);
    bridge.journal.replay();
    await bridge.inbound.recover();
    await bridge.sender.settleOld();
    return bridge;
  }

  /** The account's own number and LID; both empty before it is linked. */
  me(): Named {
    const { me } = this.account.credentials.value;
    return this.people.named(me?.id, me?.lid) ?? { jid: '' };
  }

  /** Ends everything in order. */
  async close(): Promise<void> {
    await this.typing.end(this.connection.state === 'open' ? this.connection.open() : undefined);
    await this.connection.stop();
    await this.journal.flushed();
    this.account.close();
  }

  private listen(sock: WASocket, live: () => boolean): void {
    const { ev } = sock;
    const { inbound, journal, people, receipts, run } = this;
    ev.on('messages.upsert', ({ messages, type }) => {
      for (const message of messages) run(() => inbound.take(message, type === 'append'));
    });
    ev.on('messaging-history.set', (history) => {
      if (this.wantsHistory) run(() => inbound.history(history));
    });
    ev.on('messages.update', (updates) => run(() => receipts.updated(updates)));
    ev.on('message-receipt.update', (updates) => run(() => receipts.inGroup(updates)));
    sock.ws.on('CB:ack,class:message', (node: Parameters<Receipts['acknowledged']>[0]) => run(() => receipts.acknowledged(node)));
    ev.on('lid-mapping.update', ({ lid, pn }) => run(() => journal.keep({ ev: 'lid_map', lid, pn })));
    ev.on('presence.update', ({ id, presences }) => {
      if (!live()) return;
      const chat = people.named(id);
      for (const [who, { lastKnownPresence: state }] of Object.entries(presences)) {
        const from = people.named(who);
        journal.tell({ ev: 'typing', chat: chat?.jid, chat_alt: chat?.alt, from: from?.jid, from_alt: from?.alt, state });
      }
    });
    const chats = (list: Parameters<Inbound['chat']>[0][]): void => {
      for (const chat of list) run(() => journal.keep({ ev: 'chat', ...inbound.chat(chat) }));
    };
    const contacts = (list: Parameters<Inbound['contact']>[0][]): void => {
      for (const contact of list) run(() => journal.keep({ ev: 'contact', ...inbound.contact(contact) }));
    };
    ev.on('chats.upsert', chats);
    ev.on('contacts.upsert', contacts);
    ev.on('contacts.update', contacts);
    ev.on('groups.update', (groups) => {
      for (const { id, subject } of groups) if (id) run(() => journal.keep({ ev: 'group', chat: id, name: oneLine(subject) }));
    });
    ev.on('group-participants.update', ({ id, action }) => run(() => journal.keep({ ev: 'group', chat: id, changed: action })));
  }

  /**
   * Does work that nobody waits for. What breaks costs only itself; a message that it was about is told later. When nobody acknowledges any more, nothing more is taken in.
   */
  private readonly run = (work: () => Promise<unknown>): void => {
    const done = async (): Promise<void> => {
      await work();
      if (this.journal.full && !['idle', 'closed'].includes(this.connection.state)) await this.connection.giveUp('journal_full');
    };
    done().catch((error: Error) => note(error.message));
  };

  private pairing(pairing: Pairing): boolean {
    const phone = this.codeFor;
    if (phone === undefined) return true;
    pairing.code(phone).then(
      (code) => this.journal.tell({ ev: 'pair_code', phone, code }),
      ({ code = 'internal', message }: Refused) => this.journal.tell({ ev: 'pair_code', phone, error: { code, message } }),
    );
    return false;
  }

  private async opened({ sock }: Open): Promise<void> {
    await sock.sendPresenceUpdate('unavailable').catch(() => undefined);
    if (this.announced || !this.account.credentials.linked) return;
    this.announced = true;
    const { me, platform } = this.account.credentials.value;
    await this.journal.keep({ ev: 'paired', ...this.me(), name: me?.name, platform });
  }

  private async closed(): Promise<void> {
    await this.typing.end(undefined);
    await this.inbound.recover();
  }
}
