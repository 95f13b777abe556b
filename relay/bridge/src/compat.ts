import { randomBytes } from 'node:crypto';
import { Bridge, type Settings } from './bridge.js';
import { draftOf } from './outbound/compose.js';
import { LineReader, lineOf, untilClosed } from './wire/lines.js';

/** Closes after which a new attempt makes things worse: a person has to do something first. */
const STOPPING = new Map([
  [401, 'Logged out from WhatsApp'],
  [403, 'WhatsApp refuses this account'],
  [405, 'WhatsApp refuses this version of the bridge: update it'],
  [440, 'Another session of this account took over'],
]);
const FIRST_WAIT_MS = 2_000;
const FACTOR = 1.8;
const LONGEST_WAIT_MS = 60_000;
/** A connection that held for so long ends the growing of the waits. */
const STEADY_MS = 300_000;
const SEND_MS = 60_000;

/**
 * Speaks the lines of OpenJarvis's own bridge: `send` and `disconnect` in, `qr`, `status`, `message` and `error` out.
 *
 * These lines have no answers and no acknowledgements, so what was written counts as arrived; and nobody supervises, so
 * this mode connects again by itself, slowly, and not after a close that a person has to look at. Its host takes any
 * `error` for the end of the channel, so `status` follows each one while WhatsApp is connected.
 */
export async function serve(settings: Settings, input: NodeJS.ReadableStream): Promise<void> {
  const old = new OldLines(settings.write);
  const bridge = await Bridge.open({ ...settings, write: (line) => old.event(line) }, (opened) => {
    opened.wantsHistory = false;
    old.bridge = opened;
  });
  old.connect();
  const reader = new LineReader();
  try {
    for await (const chunk of untilClosed(input)) {
      for (const line of reader.push(chunk)) {
        if (old.command('text' in line ? line.text : '') === 'disconnect') return;
      }
    }
  } finally {
    await old.end();
    await bridge.close();
  }
}

class OldLines {
  bridge: Bridge | undefined;
  private waited = 0;
  private openSince = 0;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(private readonly write: (line: string) => void) {}

  /** Takes a line of the host. */
  command(text: string): string | undefined {
    let from: unknown;
    try {
      from = JSON.parse(text);
    } catch {
      this.error('Invalid JSON on stdin');
      return undefined;
    }
    const { type, jid, text: words } = (from ?? {}) as Record<string, unknown>;
    if (type === 'send') void this.send(jid, words);
    return typeof type === 'string' ? type : undefined;
  }

  connect(): void {
    this.bridge?.connection.start().catch((error: Error) => this.error(`Fatal: ${error.message}`));
  }

  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.bridge?.connection.stop();
    this.tell({ type: 'status', status: 'disconnected' });
  }

  /** Turns an event into an old line. */
  event(line: string): void {
    const event = JSON.parse(line) as Record<string, unknown> & { ev: string; seq: number };
    if (event.ev === 'qr') this.tell({ type: 'qr', data: event['data'] });
    if (event.ev === 'state') this.state(event);
    if (event.ev === 'message' && event['from_me'] === false && typeof event['text'] === 'string') {
      const group = event['is_group'] === true;
      const jid = event['chat'];
      const sender = group ? event['from'] : jid;
      this.tell({ type: 'message', jid, sender, text: event['text'], message_id: event['id'] });
    }
    void this.bridge?.journal.acknowledge(event.seq);
  }

  private async send(jid: unknown, words: unknown): Promise<void> {
    try {
      if (!this.bridge) return;
      const id = `3EB0${randomBytes(9).toString('hex').toUpperCase()}`;
      const draft = draftOf('send', { jid, text: words });
      await this.bridge.sender.send(this.bridge.connection.open(), id, draft, SEND_MS, false);
    } catch (error) {
      this.error(`Send failed: ${(error as Error).message}`);
    }
  }

  private state({ state, code, reason }: Record<string, unknown>): void {
    if (state === 'open') {
      this.openSince = Date.now();
      this.tell({ type: 'status', status: 'connected' });
    }
    if (state !== 'closed' || this.ended) return;
    this.tell({ type: 'status', status: 'disconnected' });
    const stop = STOPPING.get(Number(code)) ?? (code === undefined ? `Fatal: ${String(reason)}` : undefined);
    if (stop) return this.error(stop);
    const steady = this.openSince > 0 && Date.now() - this.openSince > STEADY_MS;
    this.openSince = 0;
    this.waited = this.waited === 0 || steady ? FIRST_WAIT_MS : Math.min(this.waited * FACTOR, LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.connect(), this.waited * (0.75 + Math.random() / 2));
  }

  private error(message: string): void {
    this.tell({ type: 'error', message });
    if (this.bridge?.connection.state === 'open') this.tell({ type: 'status', status: 'connected' });
  }

  private tell(line: object): void {
    this.write(lineOf(line) ?? '');
  }
}
