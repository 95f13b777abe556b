import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONNECTION_CONFIG, initAuthCreds } from '@whiskeysockets/baileys';
import { keysIn } from '../dist/auth/keys.js';
import { Store } from '../dist/disk/store.js';
import { sealFirst } from '../dist/outbound/sealing.js';
import { folderFor } from './support/bridge.mjs';
import { SILENT, bundleOf, newPreKey, transactional } from './support/signal.mjs';

const ALICE = '15551112222@s.whatsapp.net';
const ME = '15550000000:1@s.whatsapp.net';
const GROUP = '120363000000000001@g.us';

test('the keys of a message are on disk before the transaction that sends it ends', async () => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  const keys = transactional(keysIn(store));
  const creds = initAuthCreds();
  const repository = sealFirst(DEFAULT_CONNECTION_CONFIG.makeSignalRepository)({ creds, keys }, SILENT, async () => []);
  const onDisk = (table) => {
    const disk = Store.open(path);
    const entries = JSON.stringify(disk.entries(table));
    disk.close();
    return entries;
  };
  const data = Buffer.from('words');
  const seen = [];
  await keys.transaction(async () => {
    await repository.injectE2ESession({ jid: ALICE, session: bundleOf(initAuthCreds(), 1, newPreKey()) });
    for (let n = 0; n < 2; n += 1) {
      await repository.encryptMessage({ jid: ALICE, data });
      seen.push(onDisk('session'));
    }
    await repository.encryptGroupMessage({ group: GROUP, meId: ME, data });
    seen.push(onDisk('sender-key'));
  }, ME);
  assert.equal(new Set(seen).size, 3, 'each one moved the keys on');
  assert.ok(seen.every((entries) => entries !== '[]'));
  assert.equal(onDisk('session'), seen[1], 'the end of the transaction takes nothing back');
});
