import { cpSync, existsSync, lstatSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, Store } from '../disk/store.js';
import { syncFolder } from '../disk/durable.js';
import { Refused } from '../wire/refused.js';
import { say } from '../wire/stdio.js';
import { KEY_TABLES } from './keys.js';

/** Files of this bridge, which were not there before. */
const OURS = /(\.lock|clawline\.log)$/;

/** Longest names first: `sender-key-memory-…` is no `sender-key`. */
const BY_LENGTH = [...KEY_TABLES].sort((a, b) => b.length - a.length);

/**
 * Goes on with a login that another program began in this folder, as Baileys' `useMultiFileAuthState` leaves it (such
 * as OpenJarvis's `auth/`): a copy of the folder is made first, then every key file is read into the store, in one
 * commit. A key file that cannot be read is refused with its name. The key files themselves stay; nothing reads them
 * afterwards. Does nothing where the store was used before, or where there is no login.
 */
export async function adoptLogin(folder: string, store: Store, now: Date = new Date()): Promise<void> {
  if (store.has('meta', 'adopted')) return;
  const login = existsSync(join(folder, 'creds.json'));
  const files = login ? keyFiles(folder) : [];
  const changes: Change[] = files.map(({ table, key, file }) => [table, key, jsonOf(join(folder, file))]);
  if (login) say(`a login of another program is continued; its backup is ${backUp(folder, now)}`);
  await store.commit([...changes, ['meta', 'adopted', JSON.stringify(now.toISOString())]]);
}

function backUp(folder: string, now: Date): string {
  const backup = `${folder}.backup-${now.toISOString().replace(/[:.]/g, '-')}`;
  const half = `${backup}.half`;
  rmSync(half, { recursive: true, force: true });
  cpSync(folder, half, { recursive: true, preserveTimestamps: true, filter: (path) => !OURS.test(path) });
  renameSync(half, backup);
  syncFolder(join(folder, '..'));
  return backup;
}

function keyFiles(folder: string): { table: string; key: string; file: string }[] {
  const found = [];
  for (const file of readdirSync(folder)) {
    const table = BY_LENGTH.find((one) => file.startsWith(`${one}-`));
    if (!table || !file.endsWith('.json') || !lstatSync(join(folder, file)).isFile()) continue;
    found.push({ table, key: keyOf(table, file.slice(table.length + 1, -'.json'.length)), file });
  }
  return found;
}

/** The key that became this name: Baileys writes `/` as `__` and `:` as `-` in names of files. */
function keyOf(table: string, name: string): string {
  if (table === 'sender-key') return name.replace(/--([^-]+)--(\d+)$/, '::$1::$2');
  return table === 'app-state-sync-key' ? name.replaceAll('__', '/') : name;
}

function jsonOf(path: string): string {
  try {
    return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new Refused(
      'credentials_damaged',
      `${path} cannot be read; put a backup in its place, or take the file away to lose that one key`,
    );
  }
}
