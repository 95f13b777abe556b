import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { type Disk, realDisk, replaceFile, writeAll } from './durable.js';

/** One change of a commit: the JSON text of a value, or null to take the entry away. */
export type Change = [table: string, key: string, value: string | null];

/** The store's file cannot be trusted: nothing was changed. */
export class StoreDamaged extends Error {}

/** A file shorter than this is never rewritten, in bytes. */
const REWRITE_FROM = 4 * 1024 * 1024;

/**
 * Small tables in memory with a log on disk: Signal keys, decrypted messages that wait, events without an
 * acknowledgement.
 *
 * A commit is one line with a checksum. It is on disk, whole, before its promise resolves; several that come together
 * share one write. A line that a crash cut short is the last one and was promised to nobody: it is cut off at the next
 * start. Damage anywhere else is refused, for a guess would make a new identity out of half a key. When a write fails,
 * for example because the disk is full, no further commit is taken: the process has to end and start again.
 */
export class Store {
  private readonly tables = new Map<string, Map<string, string>>();
  private fd = -1;
  private bytes = 0;
  private live = 0;
  private waiting: { line: Buffer; done: () => void; failed: (error: Error) => void }[] = [];
  private writing = false;
  private broken: Error | undefined;
  /** Called once, when a write failed: before anybody who waited for it goes on. */
  whenBroken: (error: Error) => void = () => undefined;

  private constructor(
    private readonly path: string,
    private readonly disk: Disk,
  ) {}

  /** Opens the store, or makes it. Throws `StoreDamaged` when the file is not what this store wrote. */
  static open(path: string, disk: Disk = realDisk): Store {
    const store = new Store(path, disk);
    if (existsSync(path)) store.read();
    store.fd = openSync(path, 'a', 0o600);
    return store;
  }

  /** The JSON text of an entry. */
  get(table: string, key: string): string | undefined {
    return this.tables.get(table)?.get(key);
  }

  has(table: string, key: string): boolean {
    return this.tables.get(table)?.has(key) ?? false;
  }

  /** The entries of a table, the one that was written longest ago first. Nothing may be committed on the way. */
  each(table: string): Iterable<[string, string]> {
    return this.tables.get(table) ?? [];
  }

  /** A copy of `each`. */
  entries(table: string): [string, string][] {
    return [...this.each(table)];
  }

  size(table: string): number {
    return this.tables.get(table)?.size ?? 0;
  }

  /** What takes the oldest entries of a table away, so that `room` more make no more than `max`. */
  oldest(table: string, max: number, room = 1, mayGo: (key: string, value: string) => boolean = () => true): Change[] {
    let over = this.size(table) + room - max;
    const changes: Change[] = [];
    if (over <= 0) return changes;
    for (const [key, value] of this.each(table)) {
      if (over <= 0) break;
      if (!mayGo(key, value)) continue;
      changes.push([table, key, null]);
      over -= 1;
    }
    return changes;
  }

  /** Changes everything at once, in memory now and on disk when the promise resolves. */
  commit(changes: Change[]): Promise<void> {
    if (this.broken) return Promise.reject(this.broken);
    if (changes.length === 0) return Promise.resolve();
    for (const change of changes) this.apply(change);
    const line = lineOf(changes);
    return new Promise((done, failed) => {
      this.waiting.push({ line, done, failed });
      if (!this.writing) {
        this.writing = true;
        setImmediate(() => this.flush());
      }
    });
  }

  /** Closes the file. What was not committed yet is written first. */
  close(): void {
    if (this.fd < 0) return;
    this.flush();
    closeSync(this.fd);
    this.fd = -1;
    this.broken ??= new Error('the store is closed');
  }

  /** Writes now what was committed and is not on disk yet. */
  flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    this.writing = false;
    if (batch.length === 0) return;
    try {
      if (this.broken) throw this.broken;
      const data = Buffer.concat(batch.map((one) => one.line));
      writeAll(this.disk, this.fd, data);
      this.disk.sync(this.fd);
      this.bytes += data.length;
      if (this.bytes > REWRITE_FROM && this.bytes > 3 * this.live) this.rewrite();
    } catch (error) {
      const first = this.broken === undefined;
      this.broken ??= error as Error;
      for (const one of batch) one.failed(this.broken);
      if (first) this.whenBroken(this.broken);
      return;
    }
    for (const one of batch) one.done();
  }

  private rewrite(): void {
    let bytes = 0;
    const lines = function* (tables: Map<string, Map<string, string>>): Generator<Buffer> {
      for (const [table, entries] of tables) {
        for (const [key, value] of entries) {
          const line = lineOf([[table, key, value]]);
          bytes += line.length;
          yield line;
        }
      }
    };
    replaceFile(this.path, lines(this.tables), this.disk);
    const old = this.fd;
    this.fd = openSync(this.path, 'a', 0o600);
    closeSync(old);
    this.bytes = bytes;
  }

  private read(): void {
    const data = readFileSync(this.path);
    let from = 0;
    let number = 0;
    while (from < data.length) {
      number += 1;
      const end = data.indexOf(10, from);
      const changes = end < 0 ? undefined : changesOf(data.subarray(from, end));
      if (!changes) {
        if (end >= 0 && end + 1 < data.length) {
          throw new StoreDamaged(`line ${number} of ${this.path} is damaged; put a backup in its place, or link again`);
        }
        truncateSync(this.path, from);
        break;
      }
      for (const change of changes) this.apply(change);
      from = end + 1;
    }
    this.bytes = from;
  }

  private apply([name, key, value]: Change): void {
    let table = this.tables.get(name);
    if (!table) this.tables.set(name, (table = new Map()));
    const old = table.get(key);
    if (old !== undefined) {
      table.delete(key);
      this.live -= old.length;
    }
    if (value !== null) {
      table.set(key, value);
      this.live += value.length;
    }
  }
}

const sum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function lineOf(changes: Change[]): Buffer {
  const text = JSON.stringify(changes);
  return Buffer.from(`${sum(text)} ${text}\n`);
}

function changesOf(line: Uint8Array): Change[] | undefined {
  const text = Buffer.from(line).toString('utf8');
  const body = text.slice(17);
  return text[16] === ' ' && text.slice(0, 16) === sum(body) ? (JSON.parse(body) as Change[]) : undefined;
}
