import { generateWAMessage } from '@whiskeysockets/baileys';
import type { Change, Store } from '../disk/store.js';
import type { Journal } from '../wire/journal.js';
import { Refused, within } from '../wire/refused.js';
import type { Draft } from './compose.js';
import type { SentMessages, Status } from './sent.js';
import type { Open } from '../socket.js';

/**
 * Sends messages, each under the id that the relay chose, each at most once.
 *
 * The id is on disk before the first attempt, the content before the first byte leaves. A command that is repeated is
 * answered with what is known, and sends again only where it says `"again": true`, under the same id.
 */
export class Sender {
  private readonly underWay = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly journal: Journal,
    private readonly sent: SentMessages,
  ) {}

  /** Sends a draft. Resolves when it was handed to WhatsApp; what becomes of it is told by `send_status`. */
  async send(open: Open, id: string, draft: Draft, deadline: number, again: boolean): Promise<Record<string, unknown>> {
    const known = this.sent.status(id);
    if (this.underWay.has(id)) throw new Refused('under_way', 'this message is being sent', true);
    if (known && !(again && (known === 'unknown' || known === 'failed'))) return { message_id: id, status: known, repeated: true };
    this.underWay.add(id);
    try {
      await this.sent.begin(id, draft.jid);
      const work = this.hand(open, id, draft);
      work.then(
        () => this.settle(id, 'sent'),
        (error: unknown) => this.failed(id, error),
      );
      await within(deadline, work, () => new Refused('deadline', 'WhatsApp did not take it in time', false, true));
      return { message_id: id, status: 'sent' };
    } catch (error) {
      const late = error instanceof Refused && error.unknown;
      if (late) await this.settle(id, 'unknown', 'deadline');
      throw error instanceof Refused ? error : refusal(error);
    } finally {
      this.underWay.delete(id);
    }
  }

  /** Writes down and tells a step of a message of ours; says nothing about one that is not ours, or not new. */
  async settle(id: string, status: Status, code?: string, by?: string): Promise<void> {
    const step = this.sent.step(id, status);
    if (!step) return;
    const event = { ev: 'send_status', message_id: id, chat: this.sent.chat(id), status, by, error_code: code };
    await this.journal.keep(event, step);
  }

  /** After a restart: what was under way is unknown until WhatsApp says more. */
  async settleOld(): Promise<void> {
    for (const id of this.sent.unsettled()) await this.settle(id, 'unknown', 'restart');
  }

  private async hand(open: Open, id: string, { jid, content, options, attributes }: Draft): Promise<void> {
    const { sock, logger } = open;
    const userJid = sock.user?.id ?? '';
    const message = await generateWAMessage(jid, content, {
      ...options,
      logger,
      userJid,
      messageId: id,
      upload: sock.waUploadToServer,
      options: {},
    });
    const made = message.message;
    if (!made) throw new Refused('bad_content', 'nothing to send');
    await this.sent.content(id, made);
    await this.store.commit(this.secret(id, jid, made.messageContextInfo?.messageSecret));
    open.check();
    await sock.relayMessage(jid, made, { messageId: id, additionalAttributes: attributes });
  }

  private secret(id: string, jid: string, secret: Uint8Array | null | undefined): Change[] {
    return secret ? [['secret', `${jid} ${id}`, JSON.stringify(Buffer.from(secret).toString('base64'))]] : [];
  }

  /** A send that broke: before WhatsApp's socket was used it failed; after that nobody knows. */
  private failed(id: string, error: unknown): Promise<void> {
    return this.settle(id, refusal(error).unknown ? 'unknown' : 'failed', refusal(error).code);
  }
}

/** The refusal that an error of Baileys means. A socket that closed in the middle leaves the outcome unknown. */
function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error;
  const { message, output } = error as Error & { output?: { statusCode?: number } };
  const code = output?.statusCode;
  if (code === 428 || code === 408 || /closed|timed out/i.test(message ?? '')) {
    return new Refused('connection_lost', 'the connection broke while it was sent', false, true);
  }
  return new Refused('not_sent', `WhatsApp's client refused it: ${(message ?? 'no reason').slice(0, 200)}`);
}
