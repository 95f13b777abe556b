import { type WAMessageKey, proto } from '@whiskeysockets/baileys';
import type { Change, Store } from '../disk/store.js';

/** How far a message of ours has come. `unknown` is: it may have been sent, nobody knows. */
export type Status = 'sending' | 'sent' | 'accepted' | 'delivered' | 'read' | 'played' | 'failed' | 'unknown';

const ORDER: Status[] = ['sending', 'unknown', 'sent', 'failed', 'accepted', 'delivered', 'read', 'played'];

/** How many messages of ours are remembered: for their status, and for a phone that asks for one again. */
const MOST_SENT = 5_000;

interface Sent {
  jid: string;
  status: Status;
  /** The content as it was encrypted, base64; absent until it was made. */
  content?: string;
}

/** The messages that this bridge sent, on disk: ids are chosen by the relay and stored before the first attempt. */
export class SentMessages {
  constructor(private readonly store: Store) {}

  /** Whether this message is one of ours. */
  has(id: string): boolean {
    return this.store.has('sent', id);
  }

  /** How far a message has come, or nothing when it was never ours. */
  status(id: string): Status | undefined {
    return this.get(id)?.status;
  }

  /** Remembers a message before anything of it leaves. */
  begin(id: string, jid: string): Promise<void> {
    const room = this.has(id) ? [] : this.store.oldest('sent', MOST_SENT);
    return this.store.commit([...room, ...this.set(id, { jid, status: 'sending' })]);
  }

  /** Remembers what was encrypted. It is on disk when the promise resolves, before the first byte leaves. */
  content(id: string, content: proto.IMessage): Promise<void> {
    const sent = this.get(id);
    if (!sent) return Promise.resolve();
    const bytes = Buffer.from(proto.Message.encode(content).finish()).toString('base64');
    return this.store.commit(this.set(id, { ...sent, content: bytes }));
  }

  /** What to send to a device that could not read a message of ours; nothing when it is not known any more. */
  again(key: WAMessageKey): proto.IMessage | undefined {
    const content = key.id ? this.get(key.id)?.content : undefined;
    return content ? proto.Message.decode(Buffer.from(content, 'base64')) : undefined;
  }

  /** What writes down a step of a message; nothing when it was known before, or is not ours. */
  step(id: string, status: Status): Change[] | undefined {
    const sent = this.get(id);
    if (!sent || ORDER.indexOf(status) <= ORDER.indexOf(sent.status)) return undefined;
    return this.set(id, { ...sent, status });
  }

  /** The chat a message of ours went to. */
  chat(id: string): string | undefined {
    return this.get(id)?.jid;
  }

  /** The messages that were under way when the process ended: whether they left, nobody knows. */
  unsettled(): string[] {
    return this.store
      .entries('sent')
      .filter(([, text]) => (JSON.parse(text) as Sent).status === 'sending')
      .map(([id]) => id);
  }

  private get(id: string): Sent | undefined {
    const text = this.store.get('sent', id);
    return text === undefined ? undefined : (JSON.parse(text) as Sent);
  }

  private set(id: string, sent: Sent): Change[] {
    return [['sent', id, JSON.stringify(sent)]];
  }
}
