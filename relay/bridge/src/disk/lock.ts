import { closeSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { Refused } from '../wire/refused.js';

interface Holder {
  pid: number;
  /** When that process started, as its system counts; empty where that cannot be asked. */
  since: string;
  token: string;
}

/**
 * A lock file that one living process holds. It survives a SIGKILL without getting in the way: the file names its
 * holder with the time that process started, so that a number given to another process later is no holder.
 */
export class Lock {
  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {}

  /** Takes the lock `name` in `folder`. `what` says in the refusal what is in use. */
  static take(folder: string, name: string, what: string): Lock {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${name}.lock`);
    const token = randomUUID();
    const mine = `${path}.${token}`;
    const me: Holder = { pid: process.pid, since: startOf(process.pid), token };
    const fd = openSync(mine, 'wx', 0o600);
    writeSync(fd, JSON.stringify(me));
    closeSync(fd);
    try {
      for (let tries = 0; tries < 5; tries += 1) {
        try {
          linkSync(mine, path);
          return new Lock(path, token);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        const holder = holderOf(path);
        if (holder && alive(holder)) {
          throw new Refused('locked', `${what} is in use by process ${holder.pid}; stop that one first`, true);
        }
        if (holder) setAside(path, holder);
      }
      throw new Refused('locked', `${what} is in use`, true);
    } finally {
      rmSync(mine, { force: true });
    }
  }

  /** Gives the lock back. */
  release(): void {
    if (holderOf(this.path)?.token === this.token) rmSync(this.path, { force: true });
  }
}

/** Takes a dead holder's file away, unless somebody else has just put a new one in its place. */
function setAside(path: string, dead: Holder): void {
  const away = `${path}.dead-${randomUUID()}`;
  try {
    renameSync(path, away);
    if (holderOf(away)?.token !== dead.token) linkSync(away, path);
  } catch {
    // Somebody else was quicker: the next try sees their lock.
  } finally {
    rmSync(away, { force: true });
  }
}

function holderOf(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    return { pid: Number(holder.pid) || 0, since: String(holder.since ?? ''), token: String(holder.token ?? '') };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : { pid: 0, since: '', token: '' };
  }
}

function alive({ pid, since }: Holder): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return since === '' || now === '' || now === since;
}

/** The start of a process, of this boot: Linux tells it. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}
