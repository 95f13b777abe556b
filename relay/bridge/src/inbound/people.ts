import { type WAMessageKey, jidDecode, jidNormalizedUser } from '@whiskeysockets/baileys';
import type { Store } from '../disk/store.js';

/** One person or chat under both names that WhatsApp has for it, as far as both are known. */
export interface Named {
  jid: string;
  alt?: string;
}

/** Tells which number and which LID are one person, from what Baileys has learnt. */
export class People {
  constructor(private readonly store: Store) {}

  /** The other name of a person: the LID of a number, the number of a LID. Never asks the network. */
  other(jid: string | null | undefined): string | undefined {
    const name = jid ? jidDecode(jid) : undefined;
    if (!name) return undefined;
    const read = (key: string): string | undefined => {
      const text = this.store.get('lid-mapping', key);
      const user: unknown = text === undefined ? undefined : JSON.parse(text);
      return typeof user === 'string' && user !== '' ? user : undefined;
    };
    if (name.server === 'lid') {
      const number = read(`${name.user}_reverse`);
      return number && `${number}@s.whatsapp.net`;
    }
    const lid = name.server === 's.whatsapp.net' ? read(name.user) : undefined;
    return lid && `${lid}@lid`;
  }

  /** A person or chat under both names, without devices. `alt` is what the stanza itself said. */
  named(jid: string | null | undefined, alt?: string | null): Named | undefined {
    const plain = jid ? jidNormalizedUser(jid) : '';
    if (plain === '') return undefined;
    const second = (alt ? jidNormalizedUser(alt) : '') || this.other(plain);
    return second && second !== plain ? { jid: plain, alt: second } : { jid: plain };
  }

  /** The chat of a message. */
  chat(key: WAMessageKey): Named {
    return this.named(key.remoteJid, key.fromMe ? undefined : key.remoteJidAlt) ?? { jid: '' };
  }

  /** Who wrote a message; `me` is the account itself. */
  author(key: WAMessageKey, me: Named): Named {
    if (key.fromMe) return me;
    return this.named(key.participant, key.participantAlt) ?? this.chat(key);
  }

  /** Every name under which a message may have been seen before. */
  names(key: WAMessageKey): string[] {
    const { jid, alt } = this.chat(key);
    return [jid, alt].filter((one) => one !== undefined).map((one) => `${one} ${key.id ?? ''}`);
  }
}
