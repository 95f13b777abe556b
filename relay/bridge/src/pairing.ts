import { randomBytes } from 'node:crypto';
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import type { Credentials } from './auth/creds.js';
import type { Journal } from './wire/journal.js';
import { Refused, within } from './wire/refused.js';

/** How long the first code to scan lives, and each further one, in milliseconds. */
const FIRST_QR_MS = 60_000;
const NEXT_QR_MS = 20_000;
/** How long WhatsApp may take to accept a pairing code, in milliseconds. */
const CODE_MS = 20_000;

/** Links a phone over one socket: by a code to scan, or by a code to type. */
export class Pairing {
  private shown: string | undefined;
  private expires = 0;
  private count = 0;
  private typing = false;
  private done = false;
  private stale = false;

  constructor(
    private readonly sock: WASocket,
    private readonly credentials: Credentials,
    private readonly journal: Journal,
  ) {
    sock.ws.on('CB:notification,type:companion_reg_refresh', () => this.refresh());
  }

  /** The phone has linked: codes that still come are of no use. */
  finished(): void {
    this.done = true;
  }

  /** Shows a code that Baileys made. */
  qr(data: string): void {
    if (this.done || this.typing) return;
    this.count += 1;
    this.shown = data;
    this.expires = Date.now() + (this.count === 1 ? FIRST_QR_MS : NEXT_QR_MS);
    this.show();
  }

  /**
   * Asks for the code that is typed on the phone. Baileys returns it before WhatsApp has answered; this waits for the
   * answer, for a refused code never works.
   */
  async code(phone: string): Promise<string> {
    this.typing = true;
    let forget = (): void => undefined;
    const answer = new Promise<void>((accept, reject) => {
      const good = (): void => accept();
      const bad = (node: BinaryNode): void => reject(refusedBy(node));
      const closed = (): void => reject(new Refused('connection_lost', 'the connection broke before WhatsApp answered', true));
      this.sock.ws.on('CB:iq,type:result,link_code_companion_reg', good);
      this.sock.ws.on('CB:iq,type:error', bad);
      this.sock.ws.on('close', closed);
      forget = () => {
        this.sock.ws.off('CB:iq,type:result,link_code_companion_reg', good);
        this.sock.ws.off('CB:iq,type:error', bad);
        this.sock.ws.off('close', closed);
      };
    });
    answer.catch(() => undefined);
    try {
      const code = await this.sock.requestPairingCode(phone);
      await within(CODE_MS, answer, () => new Refused('deadline', 'WhatsApp did not answer the pairing code', true));
      return code;
    } catch (error) {
      this.typing = false;
      this.credentials.forgetHalfPairing();
      if (this.stale) this.refresh();
      throw error;
    } finally {
      forget();
    }
  }

  /**
   * WhatsApp may retire the secret in the code while it is on the screen; the phone then cannot link. A new secret goes
   * into the code at once, and into every later one. While a code is being typed the secret comes from that instead.
   */
  private refresh(): void {
    const { value } = this.credentials;
    this.stale = this.typing;
    if (this.done || this.typing || value.me) return;
    value.advSecretKey = randomBytes(32).toString('base64');
    this.credentials.save();
    if (this.shown) this.show();
  }

  private show(): void {
    const parts = (this.shown ?? '').split(',');
    parts[parts.length - 2] = this.credentials.value.advSecretKey;
    const left = Math.max(0, this.expires - Date.now());
    this.journal.tell({ ev: 'qr', data: parts.join(','), n: this.count, expires_in_ms: left });
  }
}

function refusedBy(node: BinaryNode): Refused {
  const inside = Array.isArray(node.content) ? node.content.find((one) => one.tag === 'error') : undefined;
  const code = inside?.attrs['code'] ?? 'unknown';
  return new Refused('code_refused', `WhatsApp refused the pairing code (${code}); check the number, or scan the QR code`);
}
