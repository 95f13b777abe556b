import type { Contact, Chat, WAMessage } from '@whiskeysockets/baileys';
import type { Change, Store } from '../disk/store.js';
import type { Event, Journal } from '../wire/journal.js';
import { note } from '../wire/stdio.js';
import { dropEmpty, oneLine } from './content.js';
import { type Circumstances, Events, type Reading, unread } from './events.js';
import type { KeptMessages } from './kept.js';
import type { Named, People } from './people.js';

/** How many messages are remembered as seen. */
const MOST_SEEN = 20_000;
/** How large one event of history may be, in messages and in characters. */
const HISTORY_MESSAGES = 200;
const HISTORY_CHARS = 400_000;

/** What a history sync brings. */
export interface History {
  messages: WAMessage[];
  chats?: Chat[];
  contacts?: Contact[];
  progress?: number | null;
  syncType?: number | null;
}

/** Everything that comes in: read once, told once, on disk before it is told. */
export class Inbound {
  private readonly events: Events;
  private readonly taking = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly journal: Journal,
    private readonly people: People,
    private readonly kept: KeptMessages,
    /** The account's own names; both empty before it is linked. */
    private readonly me: () => Named,
    /** Whether this message was sent by the bridge itself. */
    private readonly isOurs: (id: string) => boolean,
  ) {
    this.events = new Events(store, people);
  }

  /**
   * Takes a message that Baileys raised, or one that was found again. What waited at the server is as alive as any
   * other. One that was found may be half of its stanza, a group's key without the words: it counts as seen only when
   * it says something, for the rest still comes.
   */
  async take(message: WAMessage, offline: boolean, found = false): Promise<void> {
    const { id, fromMe } = message.key;
    if (!id) return;
    const names = this.people.names(message.key).map((name) => (unread(message) ? `${name} unreadable` : name));
    if (names.some((name) => this.store.has('seen', name) || this.taking.has(name))) return;
    names.forEach((name) => this.taking.add(name));
    try {
      const echo = Boolean(fromMe) && this.isOurs(id);
      const how = { me: this.me(), offline, encrypted: !this.kept.cameOpen(message) };
      const { events, changes } = echo ? { events: [], changes: [] } : this.read(message, how);
      if (found && events.length === 0 && !echo) return;
      await this.commit(events, [...changes, ...this.seen(names), ...this.tidy()]);
    } finally {
      names.forEach((name) => this.taking.delete(name));
    }
  }

  /** Tells what was decrypted before and never told: at a start, and after a socket closed. */
  async recover(): Promise<number> {
    const lost = this.kept.unhandled(this.me().jid, this.me().alt ?? '', this.handled);
    for (const message of lost) await this.take(message, true, true);
    return lost.length;
  }

  /** Takes a part of the history that the phone sends after linking, or when it was asked for. */
  async history({ messages, chats = [], contacts = [], progress, syncType }: History): Promise<void> {
    const rows = messages.flatMap((message) => {
      const read = this.read(message, { me: this.me(), offline: false, encrypted: true });
      return read.events.map((event) => ({ row: { ...event, live: false }, changes: read.changes }));
    });
    const about = {
      sync: syncType ?? undefined,
      chats: chats.map((chat) => this.chat(chat)),
      contacts: contacts.map((contact) => this.contact(contact)),
    };
    for (const part of batches(about.chats)) await this.journal.keep({ ev: 'history', sync: about.sync, chats: part });
    for (const part of batches(about.contacts)) await this.journal.keep({ ev: 'history', sync: about.sync, contacts: part });
    for (const part of batches(rows)) {
      const event: Event = { ev: 'history', sync: about.sync, messages: part.map((one) => one.row) };
      await this.journal.keep(event, part.flatMap((one) => one.changes));
    }
    await this.journal.keep(dropEmpty({ ev: 'history', sync: about.sync, progress: progress ?? undefined, part_done: true }));
  }

  private readonly handled = (message: WAMessage): boolean =>
    this.people.names(message.key).some((name) => this.store.has('seen', name));

  /** Reads a message. One that breaks the reading is told as unreadable, and never comes back to break it again. */
  private read(message: WAMessage, how: Circumstances): Reading {
    try {
      return this.events.read(message, how);
    } catch (error) {
      note(`a message could not be read: ${(error as Error).message}`);
      const { jid: chat } = this.people.chat(message.key);
      return { events: [{ ev: 'undecryptable', chat, id: message.key.id, live: true, broken: true }], changes: [] };
    }
  }

  private async commit(events: Event[], changes: Change[]): Promise<void> {
    const [first, ...rest] = events;
    if (!first) return this.store.commit(changes);
    await Promise.all([this.journal.keep(first, changes), ...rest.map((event) => this.journal.keep(event))]);
  }

  private seen(names: string[]): Change[] {
    return [...this.store.oldest('seen', MOST_SEEN, names.length), ...names.map((name): Change => ['seen', name, '1'])];
  }

  private tidy(): Change[] {
    return this.kept.room(this.me().jid, this.me().alt ?? '', this.handled);
  }

  /** A chat as the protocol names it. */
  chat(chat: Partial<Chat>): Record<string, unknown> {
    const named = this.people.named(chat.id);
    return dropEmpty({
      chat: named?.jid,
      chat_alt: named?.alt,
      name: oneLine(chat.name),
      expiration: chat.ephemeralExpiration ?? undefined,
      unread: chat.unreadCount ?? undefined,
      archived: chat.archived ?? undefined,
    });
  }

  /** A contact as the protocol names it. */
  contact(contact: Partial<Contact>): Record<string, unknown> {
    const named = this.people.named(contact.id, contact.phoneNumber ?? contact.lid);
    return dropEmpty({
      jid: named?.jid,
      alt: named?.alt,
      name: oneLine(contact.name),
      push_name: oneLine(contact.notify),
      verified_name: oneLine(contact.verifiedName),
    });
  }
}

function batches<T>(rows: T[]): T[][] {
  const parts: T[][] = [];
  let part: T[] = [];
  let chars = 0;
  for (const row of rows) {
    const length = JSON.stringify(row).length;
    if (part.length > 0 && (part.length >= HISTORY_MESSAGES || chars + length > HISTORY_CHARS)) {
      parts.push(part);
      part = [];
      chars = 0;
    }
    part.push(row);
    chars += length;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
