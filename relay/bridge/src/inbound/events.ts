import { type WAMessage, WAMessageStubType, proto, toNumber } from '@whiskeysockets/baileys';
import type { Change, Store } from '../disk/store.js';
import type { Event } from '../wire/journal.js';
import { dropEmpty, inner, oneLine, rawType, said } from './content.js';
import { openEdit } from './edits.js';
import type { Named, People } from './people.js';

const { REVOKE, MESSAGE_EDIT, EPHEMERAL_SETTING } = proto.Message.ProtocolMessage.Type;
const { MESSAGE_EDIT: SEALED_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;

/** How many secrets and media keys of messages are kept for later edits and downloads. */
const MOST_SECRETS = 20_000;
const MOST_MEDIA = 5_000;

/** What a message becomes: events, and what must be kept with them. */
export interface Reading {
  events: Event[];
  changes: Change[];
}

/** Where a message comes from, beside what is in it. */
export interface Circumstances {
  me: Named;
  /** The server kept it while we were away. */
  offline: boolean;
  /** False when the server itself could have written it. */
  encrypted: boolean;
}

/**
 * Whether the words of a message are not here: they could not be decrypted, or only the phone gets them. What came with
 * them, such as a group's key, may have been read.
 */
export function unread({ message, messageStubType, key }: WAMessage): boolean {
  return messageStubType === WAMessageStubType.CIPHERTEXT || (key.isViewOnce === true && !message);
}

/** Turns messages of Baileys into events of the protocol. */
export class Events {
  constructor(
    private readonly store: Store,
    private readonly people: People,
  ) {}

  /** Reads one message. What is nobody's message (keys, settings, stories, channels) gives no event. */
  read(message: WAMessage, how: Circumstances): Reading {
    const chat = message.key.remoteJid ?? '';
    const nothing: Reading = { events: [], changes: [] };
    if (chat === '' || chat === 'status@broadcast' || chat.endsWith('@newsletter') || !message.key.id) return nothing;
    if (unread(message)) return this.unreadable(message, how);
    const content = inner(message);
    if (!content) return nothing;
    const head = this.head(message, how);
    if (content.protocolMessage) return { events: this.protocol(content.protocolMessage, head), changes: [] };
    if (content.secretEncryptedMessage) {
      return { events: this.sealed(content.secretEncryptedMessage, message, head), changes: [] };
    }
    if (content.reactionMessage) {
      const { key, text } = content.reactionMessage;
      return { events: [{ ev: 'reaction', ...head, target: key?.id ?? '', emoji: oneLine(text, 64) ?? '' }], changes: [] };
    }
    const words = said(content);
    if (!words) return nothing;
    const event: Event = { ev: 'message', ...head, ...words, raw_type: rawType(content) };
    return { events: [event], changes: this.toKeep(message, content, words.media !== undefined) };
  }

  private head(message: WAMessage, { me, offline, encrypted }: Circumstances): Record<string, unknown> {
    const { key } = message;
    const chat = this.people.chat(key);
    const from = this.people.author(key, me);
    return dropEmpty({
      chat: chat.jid,
      chat_alt: chat.alt,
      from: from.jid,
      from_alt: from.alt,
      from_me: Boolean(key.fromMe),
      is_group: chat.jid.endsWith('@g.us'),
      id: key.id,
      sent_at: toNumber(message.messageTimestamp ?? 0) * 1000,
      push_name: oneLine(message.pushName),
      live: true,
      offline: offline || undefined,
      encrypted,
      broadcast: chat.jid.endsWith('@broadcast') || undefined,
    });
  }

  private protocol(inside: proto.Message.IProtocolMessage, head: Record<string, unknown>): Event[] {
    const target = inside.key?.id;
    if (inside.type === REVOKE && target) return [{ ev: 'delete', ...head, target }];
    if (inside.type === MESSAGE_EDIT && target) return [this.edit(inside.editedMessage, target, head)];
    if (inside.type === EPHEMERAL_SETTING) return [{ ev: 'timer', ...head, expiration: inside.ephemeralExpiration ?? 0 }];
    return [];
  }

  private edit(edited: proto.IMessage | null | undefined, target: string, head: Record<string, unknown>): Event {
    const content = edited ? inner({ message: edited } as WAMessage) : undefined;
    const words = content ? said(content) : undefined;
    return { ev: 'edit', ...head, target, ...dropEmpty({ text: words?.text, mentions: words?.mentions }) };
  }

  private sealed(
    inside: proto.Message.ISecretEncryptedMessage,
    message: WAMessage,
    head: Record<string, unknown>,
  ): Event[] {
    const target = inside.targetMessageKey?.id;
    if (inside.secretEncType !== SEALED_EDIT || !target) return [];
    const secret = this.people
      .names({ ...message.key, id: target })
      .map((name) => this.store.get('secret', name))
      .find((found) => found !== undefined);
    const names = [head['from'], head['from_alt']].filter((name): name is string => typeof name === 'string');
    const opened = secret ? openEdit(inside, Buffer.from(JSON.parse(secret) as string, 'base64'), names) : undefined;
    const edited = opened?.protocolMessage?.editedMessage ?? opened;
    if (!edited) return [{ ev: 'edit', ...head, target, unreadable: true }];
    return [this.edit(edited, target, head)];
  }

  private unreadable(message: WAMessage, how: Circumstances): Reading {
    const away = message.messageStubParameters?.[0] === 'Message absent from node' || message.key.isViewOnce === true;
    return { events: [{ ev: 'undecryptable', ...this.head(message, how), on_phone: away || undefined }], changes: [] };
  }

  private toKeep(message: WAMessage, content: proto.IMessage, hasMedia: boolean): Change[] {
    const { jid, alt } = this.people.chat(message.key);
    const names = [jid, alt].filter((one) => one !== undefined).map((one) => `${one} ${message.key.id}`);
    const changes: Change[] = [];
    const secret = (message.message?.messageContextInfo ?? content.messageContextInfo)?.messageSecret;
    if (secret?.length === 32) {
      const text = JSON.stringify(Buffer.from(secret).toString('base64'));
      changes.push(...this.store.oldest('secret', MOST_SECRETS, names.length));
      changes.push(...names.map((name): Change => ['secret', name, text]));
    }
    if (hasMedia) {
      const kept = { key: message.key, content: Buffer.from(proto.Message.encode(withoutExtras(content)).finish()).toString('base64') };
      changes.push(...this.store.oldest('media', MOST_MEDIA), ['media', `${jid} ${message.key.id}`, JSON.stringify(kept)]);
    }
    return changes;
  }
}

/** What is needed to fetch a file, without previews and quotes. */
function withoutExtras(content: proto.IMessage): proto.IMessage {
  return Object.fromEntries(
    Object.entries(content)
      .filter(([name]) => name.endsWith('Message'))
      .map(([name, part]) => {
        const { jpegThumbnail: _, contextInfo: __, ...rest } = part as Record<string, unknown>;
        return [name, rest];
      }),
  ) as proto.IMessage;
}
