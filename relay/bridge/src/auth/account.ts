import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SignalKeyStore } from '@whiskeysockets/baileys';
import { syncFolder } from '../disk/durable.js';
import { Lock } from '../disk/lock.js';
import { type Change, Store } from '../disk/store.js';
import { adoptLogin } from './adopt.js';
import { Credentials } from './creds.js';
import { KEY_TABLES, keysIn } from './keys.js';

/** The name of the store's file in the folder of an account. */
const STORE = 'clawline.log';

/** One account on disk: its folder, its locks, its credentials, its store. */
export class Account {
  private identityLock: Lock | undefined;

  private constructor(
    private readonly folder: string,
    private readonly locks: string,
    private readonly folderLock: Lock,
    readonly store: Store,
    private current: Credentials,
  ) {}

  /**
   * Opens the account in `folder`, which is made where there is none. Only one process can have a folder, and only one
   * on this machine a phone's identity: two sockets of one identity throw each other out without end.
   */
  static async open(folder: string, locks = join(homedir(), '.clawline', 'whatsapp-locks')): Promise<Account> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const folderLock = Lock.take(folder, 'bridge', `the folder ${folder}`);
    let account: Account | undefined;
    try {
      const store = Store.open(join(folder, STORE));
      await adoptLogin(folder, store);
      account = new Account(folder, locks, folderLock, store, Credentials.open(folder));
      if (account.current.fresh) await account.dropKeys();
      account.claimIdentity();
      return account;
    } catch (error) {
      account?.store.close();
      folderLock.release();
      throw error;
    }
  }

  get credentials(): Credentials {
    return this.current;
  }

  get keys(): SignalKeyStore {
    return keysIn(this.store);
  }

  /** Takes the lock of the phone that this account is linked to, when it is. */
  claimIdentity(): void {
    const me = this.current.value.me?.id;
    if (!me || !this.current.linked || this.identityLock) return;
    const number = me.split(/[:@]/)[0] ?? me;
    const name = createHash('sha256').update(number).digest('hex').slice(0, 24);
    this.identityLock = Lock.take(this.locks, name, 'this WhatsApp account');
  }

  /**
   * Puts the credentials and keys aside, in a folder of their own, after WhatsApp said that they are no longer good.
   * They are never tried again; the next start makes a new device. Returns where they are now.
   */
  async setAside(now: Date = new Date()): Promise<string> {
    const aside = join(this.folder, `set-aside-${now.toISOString().replace(/[:.]/g, '-')}`);
    mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const file of ['creds.json', 'creds.json.bak', STORE]) {
      if (existsSync(join(this.folder, file))) copyFileSync(join(this.folder, file), join(aside, file));
    }
    syncFolder(aside);
    await this.forget();
    return aside;
  }

  /** Takes the credentials and keys away for good. Messages that wait for the relay stay. */
  async forget(): Promise<void> {
    this.current.remove();
    await this.dropKeys();
    this.current = Credentials.open(this.folder);
    this.identityLock?.release();
    this.identityLock = undefined;
  }

  /** Keys without the credentials they belong to are of no use to the next identity. */
  private dropKeys(): Promise<void> {
    return this.store.commit(
      KEY_TABLES.flatMap((table) => this.store.entries(table).map(([key]): Change => [table, key, null])),
    );
  }

  close(): void {
    this.store.close();
    this.identityLock?.release();
    this.folderLock.release();
  }
}
