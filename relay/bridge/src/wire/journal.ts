import type { Change, Store } from '../disk/store.js';
import { lineOf } from './lines.js';

/** An event before it has a number: its name and what it carries. */
export type Event = { ev: string } & Record<string, unknown>;

/** Above either of these the bridge takes nothing more from WhatsApp until the relay acknowledges. */
const MOST_WAITING = 50_000;
const MOST_BYTES = 64 * 1024 * 1024;
/** How many numbers one write to disk reserves. */
const BLOCK = 1000;
/** What a line leaves free for the mark of a replay, in bytes. */
const ROOM = 32;

/**
 * Numbers the events and keeps those that matter on disk until the relay has them.
 *
 * Numbers only grow, also over restarts; some are skipped. A kept event is on disk before it is written out, and lines
 * leave in the order of their numbers. After a restart everything without an acknowledgement is written again, as it
 * was, with `"again": true`, before anything new.
 */
export class Journal {
  private next: number;
  private reserved: number;
  private bytes = 0;
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly write: (line: string) => void,
    private readonly failed: (error: Error) => void,
    private readonly now: () => number = Date.now,
  ) {
    this.reserved = Number(store.get('meta', 'seq') ?? 0);
    this.next = this.reserved + 1;
    for (const [, value] of store.each('event')) this.bytes += value.length;
  }

  /** How many events wait for an acknowledgement. */
  get waiting(): number {
    return this.store.size('event');
  }

  /** Whether so much waits that nothing more may be taken in. */
  get full(): boolean {
    return this.waiting >= MOST_WAITING || this.bytes >= MOST_BYTES;
  }

  /** Tells something that is of no use later: a state, a code to scan, somebody typing. */
  tell(event: Event): void {
    const { line, reserve } = this.number(event);
    this.inOrder(this.store.commit(reserve), line);
  }

  /** Tells something that must arrive. It is on disk, together with `also`, when the promise resolves. */
  keep(event: Event, also: Change[] = []): Promise<void> {
    const { seq, line, reserve } = this.number(event);
    const text = line.trimEnd();
    this.bytes += text.length;
    const done = this.store.commit([...reserve, ['event', String(seq), text], ...also]);
    this.inOrder(done, line);
    return done;
  }

  /** Writes out again what the relay has not acknowledged. Returns how many lines that were. */
  replay(): number {
    const old = this.store.entries('event');
    for (const [, text] of old) this.inOrder(Promise.resolve(), `${text.slice(0, -1)},"again":true}\n`);
    return old.length;
  }

  /** The relay has everything up to and including `seq` on its own disk. Returns how many events that let go. */
  async acknowledge(seq: number): Promise<number> {
    const gone: Change[] = [];
    for (const [key, value] of this.store.each('event')) {
      if (Number(key) > seq) break;
      gone.push(['event', key, null]);
      this.bytes -= value.length;
    }
    await this.store.commit(gone);
    return gone.length;
  }

  /** Resolves when everything that was told so far has been written out. */
  flushed(): Promise<void> {
    return this.tail;
  }

  private number(event: Event): { seq: number; line: string; reserve: Change[] } {
    const seq = this.next;
    this.next += 1;
    const reserve: Change[] = [];
    if (seq > this.reserved) {
      this.reserved = seq + BLOCK - 1;
      reserve.push(['meta', 'seq', String(this.reserved)]);
    }
    const { ev, ...rest } = event;
    const head = { ev, seq, ts: this.now() };
    const line = lineOf({ ...head, ...rest }, ROOM) ?? lineOf({ ...head, ...shortened(rest) }, ROOM);
    return { seq, line: line ?? `${JSON.stringify({ ...head, cut: true })}\n`, reserve };
  }

  private inOrder(ready: Promise<void>, line: string): void {
    this.tail = this.tail
      .then(() => ready)
      .then(() => this.write(line))
      .catch(this.failed);
  }
}

/** An event that is too long for a line: every long text in it is cut, and it says so. */
function shortened(event: Record<string, unknown>): Record<string, unknown> {
  const cut = (value: unknown): unknown => {
    if (typeof value === 'string') return value.slice(0, 4096);
    if (Array.isArray(value)) return value.slice(0, 64).map(cut);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cut(inner)]));
  };
  return { ...(cut(event) as Record<string, unknown>), cut: true };
}
