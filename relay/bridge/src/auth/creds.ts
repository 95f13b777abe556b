import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type AuthenticationCreds, BufferJSON, initAuthCreds } from '@whiskeysockets/baileys';
import { type Disk, realDisk, replaceFile } from '../disk/durable.js';
import { Refused } from '../wire/refused.js';

/** The credentials of one linked device, in `creds.json`, in the form that Baileys itself writes. */
export class Credentials {
  private constructor(
    /** What Baileys reads and changes in place. */
    readonly value: AuthenticationCreds,
    private readonly path: string,
    private readonly disk: Disk,
    private saved: string | undefined,
  ) {}

  /**
   * Reads the credentials, or makes new ones where there are none.
   *
   * A file that is there and cannot be read is refused, never replaced: new credentials in its place would be another
   * device, and the phone would have to link again. The last good file, `creds.json.bak`, is taken instead when it
   * still can be read.
   */
  static open(folder: string, disk: Disk = realDisk): Credentials {
    const path = join(folder, 'creds.json');
    const read = [path, `${path}.bak`].filter((file) => existsSync(file)).map(credsOf);
    const good = read.find((found) => found !== undefined);
    if (read.length > 0 && !good) {
      throw new Refused(
        'credentials_damaged',
        `${path} and its .bak cannot be read; put a backup in their place, or move them away and link again`,
      );
    }
    const credentials = new Credentials(good?.value ?? initAuthCreds(), path, disk, good?.text);
    if (good && read[0] === undefined) replaceFile(path, Buffer.from(good.text), disk);
    return credentials;
  }

  /** Writes the credentials: the file that was good until now stays as `.bak`. */
  save(): void {
    const text = JSON.stringify(this.value, BufferJSON.replacer);
    if (text === this.saved) return;
    if (this.saved !== undefined) replaceFile(`${this.path}.bak`, Buffer.from(this.saved), this.disk);
    replaceFile(this.path, Buffer.from(text), this.disk);
    this.saved = text;
  }

  /** Whether these were made now and never written. */
  get fresh(): boolean {
    return this.saved === undefined;
  }

  /** Takes both files away. */
  remove(): void {
    rmSync(this.path, { force: true });
    rmSync(`${this.path}.bak`, { force: true });
    this.saved = undefined;
  }

  /**
   * Whether a phone has linked this device. Baileys writes `me` before that, when a pairing code is asked for, so the
   * account that the phone signed and the identities must be there too.
   */
  get linked(): boolean {
    const { me, account, signalIdentities } = this.value;
    return Boolean(me?.id && account?.deviceSignature?.length && signalIdentities?.length);
  }

  /** Forgets a pairing that was broken off, so that the next start asks for a new one. */
  forgetHalfPairing(): void {
    if (this.linked || !this.value.me) return;
    delete this.value.me;
    this.value.pairingCode = undefined;
    this.value.registered = false;
    this.save();
  }
}

function credsOf(path: string): { value: AuthenticationCreds; text: string } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const value = JSON.parse(text, BufferJSON.reviver) as AuthenticationCreds;
    const keys = [value.noiseKey?.private, value.signedIdentityKey?.private, value.signedPreKey?.keyPair?.private];
    const whole = keys.every((key) => key?.length === 32) && Number.isInteger(value.registrationId);
    return whole ? { value, text } : undefined;
  } catch {
    return undefined;
  }
}
