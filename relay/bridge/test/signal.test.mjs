import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { DEFAULT_CONNECTION_CONFIG, initAuthCreds, proto, writeRandomPadMax16 } from '@whiskeysockets/baileys';
import { keysIn } from '../dist/auth/keys.js';
import { Store } from '../dist/disk/store.js';
import { KeptMessages } from '../dist/inbound/kept.js';
import { inOrder } from '../dist/auth/signal.js';
import { folderFor } from './support/bridge.mjs';
import { Peer, SILENT, bundleOf, newPreKey, transactional } from './support/signal.mjs';

const ALICE = '15551112222@s.whatsapp.net';
const LID = '551112222@lid';
const ME = '15550000000:1@s.whatsapp.net';
const GROUP = '120363000000000001@g.us';

const data = writeRandomPadMax16(proto.Message.encode({ conversation: 'words' }).finish());


test('the keys of a message are on disk before the transaction that sends it ends', async () => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  const keys = transactional(keysIn(store));
  const creds = initAuthCreds();
  const repository = inOrder(DEFAULT_CONNECTION_CONFIG.makeSignalRepository)({ creds, keys }, SILENT, async () => []);
  const onDisk = (table) => {
    const disk = Store.open(path);
    const entries = JSON.stringify(disk.entries(table));
    disk.close();
    return entries;
  };
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

test('a person who is read by one name and written to by another loses nothing', async () => {
  const store = Store.open(join(folderFor(), 'store'));
  const keys = transactional(keysIn(store));
  const creds = initAuthCreds();
  const repository = inOrder(new KeptMessages(store).wrap(DEFAULT_CONNECTION_CONFIG.makeSignalRepository))({ creds, keys }, SILENT, async () => []);
  await repository.lidMapping.storeLIDPNMappings([{ lid: LID, pn: ALICE }]);
  const alice = new Peer(ALICE, LID);
  await alice.meet(ME, bundleOf(creds));
  const fromAlice = async () => {
    const [{ attrs, content }] = (await alice.write(ME, 'A', 'words')).content;
    return { jid: LID, type: attrs.type, ciphertext: content };
  };
  const write = () => repository.encryptMessage({ jid: ALICE, data });
  const reads = async ({ type, ciphertext }) => {
    const content = [{ tag: 'enc', attrs: { type }, content: ciphertext }];
    assert.equal((await alice.read({ attrs: { to: ALICE }, content }, ME)).conversation, 'words');
  };
  // The answer begins a little later each time.
  for (let moments = 0; moments < 60; moments += 1) {
    const [first, second] = [await fromAlice(), await fromAlice()];
    await repository.decryptMessage(first);
    const read = repository.decryptMessage(second);
    for (let moment = 0; moment < moments; moment += 1) await undefined;
    const answer = write();
    await read;
    await reads(await answer);
    await reads(await write());
  }
});

test('a message of the session before does no harm to the one that has just begun', async () => {
  const store = Store.open(join(folderFor(), 'store'));
  const keys = transactional(keysIn(store));
  const creds = initAuthCreds();
  const repository = inOrder(new KeptMessages(store).wrap(DEFAULT_CONNECTION_CONFIG.makeSignalRepository))({ creds, keys }, SILENT, async () => []);
  const alice = new Peer(ALICE);
  await alice.meet(ME, bundleOf(creds));
  const fromAlice = async () => {
    const [{ attrs, content }] = (await alice.write(ME, 'A', 'words')).content;
    return { jid: ALICE, type: attrs.type, ciphertext: content };
  };
  const toAlice = async () => {
    const { type, ciphertext } = await repository.encryptMessage({ jid: ALICE, data });
    const content = [{ tag: 'enc', attrs: { type }, content: ciphertext }];
    assert.equal((await alice.read({ attrs: { to: ALICE }, content }, ME)).conversation, 'words');
  };
  await repository.decryptMessage(await fromAlice());
  await toAlice();
  // On its way while Baileys begins anew, as it does after each start.
  const late = await fromAlice();
  await repository.injectE2ESession({ jid: ALICE, session: await alice.bundle() });
  await repository.decryptMessage(late);
  await toAlice();
  await repository.decryptMessage(await fromAlice());
  await toAlice();
});

test('who names a lock of Baileys as the group of a key holds nothing up', async () => {
  const store = Store.open(join(folderFor(), 'store'));
  const keys = transactional(keysIn(store));
  const creds = initAuthCreds();
  const repository = inOrder(new KeptMessages(store).wrap(DEFAULT_CONNECTION_CONFIG.makeSignalRepository))({ creds, keys }, SILENT, async () => []);
  for (const groupId of ['sender-key', ME, '', undefined, 'x@g.us']) {
    const item = { groupId, axolotlSenderKeyDistributionMessage: new Uint8Array() };
    await assert.rejects(repository.processSenderKeyDistributionMessage({ authorJid: ALICE, item }), /a group that is none/);
  }
  await repository.encryptGroupMessage({ group: GROUP, meId: ME, data });
});
