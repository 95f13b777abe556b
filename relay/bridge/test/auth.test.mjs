import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { proto, useMultiFileAuthState } from '@whiskeysockets/baileys';
import { Account } from '../dist/auth/account.js';
import { Credentials } from '../dist/auth/creds.js';
import { MOST_PRE_KEYS, keysIn } from '../dist/auth/keys.js';
import { Lock } from '../dist/disk/lock.js';
import { Store } from '../dist/disk/store.js';
import { folderFor } from './support/bridge.mjs';
import { linkedCredentials, writeLogin } from './support/whatsapp.mjs';

const key = (n) => ({ public: Buffer.alloc(32, n), private: Buffer.alloc(32, n + 1) });

test('credentials that cannot be read are refused and stay as they are; the backup is taken where it is good', (t) => {
  const folder = folderFor();
  const made = Credentials.open(folder);
  made.save();
  const id = made.value.registrationId;
  made.value.nextPreKeyId = 9;
  made.save();
  const path = join(folder, 'creds.json');
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
  const again = Credentials.open(folder);
  assert.equal(again.value.registrationId, id);
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).registrationId, id, 'the good file is back in its place');
  for (const content of ['', '{}', 'null', '{"noiseKey":{}}']) {
    writeFileSync(path, content);
    writeFileSync(`${path}.bak`, content);
    assert.throws(() => Credentials.open(folder), { code: 'credentials_damaged' }, content);
    assert.equal(readFileSync(path, 'utf8'), content);
  }
});

test('no room for new credentials: the old ones stay readable', (t) => {
  const folder = folderFor();
  const full = { write: () => { throw new Error('ENOSPC'); }, sync() {} };
  Credentials.open(folder).save();
  const before = readFileSync(join(folder, 'creds.json'), 'utf8');
  const made = Credentials.open(folder, full);
  made.value.nextPreKeyId = 99;
  assert.throws(() => made.save(), /ENOSPC/);
  assert.equal(readFileSync(join(folder, 'creds.json'), 'utf8'), before);
});

test('linked is an account that a phone signed, not a number that a pairing code was asked for', (t) => {
  const folder = folderFor();
  const made = Credentials.open(folder);
  made.value.me = { id: '15550001111@s.whatsapp.net', name: '~' };
  assert.equal(made.linked, false);
  made.forgetHalfPairing();
  assert.equal(made.value.me, undefined);
  Object.assign(made.value, linkedCredentials());
  assert.equal(made.linked, true);
  made.forgetHalfPairing();
  assert.ok(made.value.me);
});

test('keys of every type come back as they were', async (t) => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  const appKey = proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.alloc(32, 3), timestamp: 7 });
  const data = {
    'pre-key': { 1: key(1) },
    session: { '1555_1.0': Buffer.from('session') },
    'app-state-sync-key': { 'AA/B=': appKey },
    'lid-mapping': { 1555: '99', '99_reverse': '1555' },
    'device-list': { 1555: ['0', '3'] },
  };
  await keysIn(store).set(data);
  store.close();
  const keys = keysIn(Store.open(path));
  for (const [type, entries] of Object.entries(data)) {
    const found = await keys.get(type, Object.keys(entries));
    for (const [id, value] of Object.entries(entries)) {
      assert.deepEqual(JSON.parse(JSON.stringify(found[id])), JSON.parse(JSON.stringify(value)), `${type} ${id}`);
    }
  }
  const again = await keys.get('app-state-sync-key', ['AA/B=']);
  assert.deepEqual(Buffer.from(again['AA/B='].keyData), Buffer.alloc(32, 3));
});

test('pre-keys are bounded by their number, the newest stay', async (t) => {
  const store = Store.open(join(folderFor(), 'store'));
  const keys = keysIn(store);
  for (let from = 1; from < 9000; from += 812) {
    const ids = Array.from({ length: 812 }, (_, n) => String(from + n));
    await keys.set({ 'pre-key': Object.fromEntries(ids.map((id) => [id, key(1)])) });
  }
  assert.equal(store.size('pre-key'), MOST_PRE_KEYS);
  const newest = Math.max(...store.entries('pre-key').map(([id]) => Number(id)));
  assert.ok(store.has('pre-key', String(newest - MOST_PRE_KEYS + 1)));
});

test('a login that Baileys wrote itself goes on, after a backup of the whole folder', async (t) => {
  const home = folderFor();
  const folder = join(home, 'auth');
  const { state, saveCreds } = await useMultiFileAuthState(folder);
  Object.assign(state.creds, linkedCredentials());
  await saveCreds();
  const appKey = proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.alloc(32, 3) });
  const data = {
    'pre-key': { 1: key(1), 2: key(2) },
    session: { '15551112222.0': Buffer.from('s'), '99_1.12': Buffer.from('t') },
    'sender-key': { '120363000000000001@g.us::99_1::0': Buffer.from('k'), '1555-1666@g.us::1555::3': Buffer.from('l') },
    'sender-key-memory': { '120363000000000001@g.us': { '99:1@lid': true } },
    'app-state-sync-key': { 'AAAA/AB+': appKey },
    'lid-mapping': { 15551112222: '99', '99_reverse': '15551112222' },
    'identity-key': { '99_1.0': Buffer.alloc(33, 5) },
    tctoken: { '99@lid': { token: Buffer.from('x') }, __index: { token: Buffer.from('[]') } },
    'device-list': { 15551112222: ['0'] },
  };
  await state.keys.set(data);
  const files = readdirSync(folder);

  const account = await Account.open(folder, join(home, 'locks'));
  assert.equal(account.credentials.linked, true);
  assert.equal(account.credentials.value.me.id, state.creds.me.id);
  for (const [type, entries] of Object.entries(data)) {
    const found = await account.keys.get(type, Object.keys(entries));
    assert.deepEqual(Object.keys(found).sort(), Object.keys(entries).sort(), type);
  }
  account.close();
  const [backup, ...more] = readdirSync(home).filter((name) => name.startsWith('auth.backup-'));
  assert.deepEqual(more, []);
  assert.deepEqual(readdirSync(join(home, backup)).sort(), files.sort());

  (await Account.open(folder, join(home, 'locks'))).close();
  assert.equal(readdirSync(home).filter((name) => name.startsWith('auth.backup-')).length, 1, 'one backup only');
});

test('a key file of another program that cannot be read is named, and nothing is changed', async (t) => {
  const home = folderFor();
  const folder = join(home, 'auth');
  writeLogin(folder);
  writeFileSync(join(folder, 'session-15551112222.0.json'), '');
  await assert.rejects(Account.open(folder, join(home, 'locks')), /session-15551112222\.0\.json cannot be read/);
  writeFileSync(join(folder, 'session-15551112222.0.json'), '"good"');
  (await Account.open(folder, join(home, 'locks'))).close();
});

test('credentials set aside are kept and never used again', async (t) => {
  const home = folderFor();
  const folder = join(home, 'auth');
  writeLogin(folder);
  const account = await Account.open(folder, join(home, 'locks'));
  await account.keys.set({ session: { a: Buffer.from('s') } });
  const aside = await account.setAside();
  assert.equal(dirname(aside), folder);
  assert.ok(existsSync(join(aside, 'creds.json')));
  assert.equal(account.credentials.linked, false);
  account.close();
  const again = await Account.open(folder, join(home, 'locks'));
  assert.equal(again.credentials.linked, false);
  assert.deepEqual(await again.keys.get('session', ['a']), {});
  again.close();
});

test('one folder and one phone have one holder; a holder that was killed is none', async (t) => {
  const home = folderFor();
  const locks = join(home, 'locks');
  const [a, b] = [join(home, 'a'), join(home, 'b')];
  const creds = writeLogin(a);
  writeLogin(b, creds);
  const first = await Account.open(a, locks);
  await assert.rejects(Account.open(a, locks), { code: 'locked' });
  await assert.rejects(Account.open(b, locks), { code: 'locked', message: /this WhatsApp account/ });
  first.close();
  (await Account.open(b, locks)).close();

  const script = `import { Lock } from '${new URL('../dist/disk/lock.js', import.meta.url)}';
    Lock.take('${locks}', 'x', 'it'); console.log('taken'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await new Promise((done) => child.stdout.once('data', done));
  assert.throws(() => Lock.take(locks, 'x', 'it'), { code: 'locked' });
  child.kill('SIGKILL');
  await new Promise((done) => child.once('exit', done));
  const lock = Lock.take(locks, 'x', 'it');
  lock.release();
  assert.ok(!readdirSync(locks).some((name) => name.startsWith('x.')), readdirSync(locks).join());
});

test('a lock file that names this number with another start, or nothing, is no holder', (t) => {
  const locks = folderFor();
  mkdirSync(locks, { recursive: true });
  for (const content of ['', '{"pid":1,"since":"another boot 1"}', `{"pid":${process.ppid},"since":"other 1","token":"t"}`]) {
    writeFileSync(join(locks, 'y.lock'), content);
    Lock.take(locks, 'y', 'it').release();
  }
  rmSync(join(locks, 'y.lock'), { force: true });
  assert.equal(basename(locks).length > 0, true);
});
