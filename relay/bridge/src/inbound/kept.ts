import { createHash } from 'node:crypto';
import type {
  BinaryNode,
  SignalDataSet,
  SignalKeyStoreWithTransaction,
  SocketConfig,
  WAMessage,
} from '@whiskeysockets/baileys';
import {
  Curve,
  cleanMessage,
  decodeMessageNode,
  generateSignalPubKey,
  proto,
  unpadRandomMax16,
} from '@whiskeysockets/baileys';
import type { Change, Store } from '../disk/store.js';

type MakeRepository = SocketConfig['makeSignalRepository'];

/** A decrypted message as it is kept: where it came from, and its bytes. */
interface Kept {
  attrs: Record<string, string>;
  plain: string;
  /** WhatsApp's server sent it readable, so that only the server says who wrote it. */
  open?: true;
}

/** The address of a group, of a list of readers, or of all who read a status. */
const GROUP = /^([\d-]+@g\.us|\w+@broadcast)$/;

/** How many messages are kept that the journal has already, for a server that delivers them again. */
const MOST_HANDLED = 1000;
/** How many open messages are remembered as such. */
const MOST_OPEN = 1000;

/**
 * Keeps what was decrypted until it has become an event.
 *
 * Signal's keys are used up by decrypting, and Baileys sends the receipt before it raises its event: what is lost in
 * between is lost for good. So the plaintext is stored in the very commit that uses up the keys, under the hash of the
 * ciphertext. The same ciphertext delivered again is answered from here; what never became an event is found by
 * `unhandled` after a crash, or after a socket that closed in the middle.
 */
export class KeptMessages {
  /** Which stanza a piece of ciphertext came in. Baileys hands the very same bytes to the repository. */
  private readonly stanzas = new WeakMap<Uint8Array, Record<string, string>>();

  private readonly open = new Set<string>();

  constructor(private readonly store: Store) {}

  /** Looks at a stanza before Baileys does. What came readable is on disk when this returns. */
  arrived(node: BinaryNode): void {
    if (node.tag !== 'message' || !Array.isArray(node.content)) return;
    for (const { tag, content } of node.content) {
      if (!(content instanceof Uint8Array)) continue;
      if (tag === 'enc') this.stanzas.set(content, node.attrs);
      if (tag === 'plaintext') this.keepOpen(node.attrs, content);
    }
  }

  /** Whether this message came readable from the server, so that nothing but the server vouches for its sender. */
  cameOpen(message: WAMessage): boolean {
    return this.open.has(message.key.id ?? '');
  }

  /** Baileys' repository, with every decryption kept. It also refuses a pre-key that its owner did not sign, and keys for what is no group. */
  wrap(make: MakeRepository): MakeRepository {
    return (auth, logger, pnToLid) => {
      const inner = make(auth, logger, pnToLid);
      const keys = auth.keys as SignalKeyStoreWithTransaction;
      return {
        ...inner,
        close: () => inner.close?.(),
        decryptMessage: (opts) => this.once(keys, opts.ciphertext, opts.jid, () => inner.decryptMessage(opts)),
        decryptGroupMessage: (opts) => this.once(keys, opts.msg, opts.group, () => inner.decryptGroupMessage(opts)),
        // Baileys locks what its sender calls the group: by the name of one of its own locks, for ever.
        processSenderKeyDistributionMessage: async (opts) => {
          const { groupId } = opts.item;
          if (!GROUP.test(groupId ?? '')) throw new Error('a key for a group that is none');
          await inner.processSenderKeyDistributionMessage(opts);
        },
        injectE2ESession: async (opts) => {
          const { identityKey, signedPreKey } = opts.session;
          const signed = generateSignalPubKey(signedPreKey.publicKey);
          if (!Curve.verify(identityKey, signed, signedPreKey.signature)) {
            throw new Error('the pre-key of this contact is not signed by its owner');
          }
          await inner.injectE2ESession(opts);
        },
      };
    };
  }

  /** The messages that were decrypted and never became an event, the oldest first, as Baileys would have raised them. */
  unhandled(me: string, meLid: string, handled: (message: WAMessage) => boolean): WAMessage[] {
    const found = new Map<string, WAMessage>();
    for (const [, text] of this.store.entries('inbound')) {
      const kept = JSON.parse(text) as Kept;
      const message = messageOf(kept, me, meLid);
      if (!message || handled(message)) continue;
      if (kept.open) this.open.add(message.key.id ?? '');
      const { remoteJid, id, participant } = message.key;
      const name = `${remoteJid} ${id} ${participant ?? ''}`;
      const before = found.get(name);
      if (before?.message) Object.assign(before.message, message.message);
      else found.set(name, message);
    }
    return [...found.values()];
  }

  /** What makes room for the next ones: the oldest that are events already. */
  room(me: string, meLid: string, handled: (message: WAMessage) => boolean): Change[] {
    return this.store.oldest('inbound', MOST_HANDLED, 1, (_, text) => {
      const message = messageOf(JSON.parse(text) as Kept, me, meLid);
      return !message || handled(message);
    });
  }

  private keepOpen(attrs: Record<string, string>, content: Uint8Array): void {
    const id = attrs['id'] ?? '';
    if (attrs['from']?.endsWith('@newsletter')) return;
    this.open.delete(id);
    this.open.add(id);
    for (const old of this.open) {
      if (this.open.size <= MOST_OPEN) break;
      this.open.delete(old);
    }
    const kept: Kept = { attrs, plain: Buffer.from(content).toString('base64'), open: true };
    const name = `open ${attrs['from']} ${attrs['participant'] ?? ''} ${id}`;
    if (!this.store.has('inbound', name)) this.store.commit([['inbound', name, JSON.stringify(kept)]]).catch(() => undefined);
    this.store.flush();
  }

  private async once(
    keys: SignalKeyStoreWithTransaction,
    ciphertext: Uint8Array,
    lane: string,
    decrypt: () => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const hash = createHash('sha256').update(ciphertext).digest('base64url');
    const known = this.store.get('inbound', hash);
    if (known !== undefined) return Buffer.from((JSON.parse(known) as Kept).plain, 'base64');
    const attrs = this.stanzas.get(ciphertext);
    return keys.transaction(async () => {
      const plain = await decrypt();
      if (attrs) {
        const kept: Kept = { attrs, plain: Buffer.from(plain).toString('base64') };
        await keys.set({ inbound: { [hash]: kept } } as SignalDataSet);
      }
      return plain;
    }, lane);
  }
}

function messageOf({ attrs, plain, open }: Kept, me: string, meLid: string): WAMessage | undefined {
  try {
    const { fullMessage } = decodeMessageNode({ tag: 'message', attrs }, me, meLid);
    const bytes = Buffer.from(plain, 'base64');
    const outer = proto.Message.decode(open ? bytes : unpadRandomMax16(bytes));
    fullMessage.message = outer.deviceSentMessage?.message ?? outer;
    cleanMessage(fullMessage, me, meLid);
    return fullMessage;
  } catch {
    return undefined;
  }
}
