import { type BinaryNode, type MessageUserReceiptUpdate, type WAMessageUpdate, proto } from '@whiskeysockets/baileys';
import type { People } from '../inbound/people.js';
import type { Sender } from './sender.js';
import type { Status } from './sent.js';

const { DELIVERY_ACK, READ, PLAYED } = proto.WebMessageInfo.Status;
const STEPS = new Map<number, Status>([
  [DELIVERY_ACK, 'delivered'],
  [READ, 'read'],
  [PLAYED, 'played'],
]);

/** Follows our messages after they left: what WhatsApp and the other side say of them. */
export class Receipts {
  constructor(
    private readonly sender: Sender,
    private readonly people: People,
  ) {}

  /**
   * WhatsApp's own acknowledgement of a message stanza. Baileys raises an event for a bad one only, so this listens to
   * the stanza itself.
   */
  async acknowledged({ attrs }: BinaryNode): Promise<void> {
    const { id, error } = attrs;
    if (!id) return;
    if (error) await this.sender.settle(id, 'failed', error);
    else await this.sender.settle(id, 'accepted');
  }

  /** Receipts in a direct chat. */
  async updated(updates: WAMessageUpdate[]): Promise<void> {
    for (const { key, update } of updates) {
      const step = STEPS.get(update.status ?? -1);
      if (step && key.id && key.fromMe) await this.sender.settle(key.id, step, undefined, this.named(key.remoteJid));
    }
  }

  /** Receipts in a group: the first one of each kind counts, with the name of whose it was. */
  async inGroup(updates: MessageUserReceiptUpdate[]): Promise<void> {
    for (const { key, receipt } of updates) {
      const step = receipt.readTimestamp ? 'read' : receipt.receiptTimestamp ? 'delivered' : undefined;
      if (step && key.id && key.fromMe) await this.sender.settle(key.id, step, undefined, this.named(receipt.userJid));
    }
  }

  private named(jid: string | null | undefined): string | undefined {
    return this.people.named(jid)?.jid;
  }
}
