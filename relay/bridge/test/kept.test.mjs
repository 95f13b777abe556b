import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BufferJSON, initAuthCreds } from '@whiskeysockets/baileys';
import { Inbound } from '../dist/inbound/inbound.js';
import { People } from '../dist/inbound/people.js';
import { Journal } from '../dist/wire/journal.js';
import { folderFor } from './support/bridge.mjs';
import { receiver } from './support/receiver.mjs';
import { Peer, bundleOf, newPreKey } from './support/signal.mjs';

const ME = { jid: '15550000000@s.whatsapp.net', alt: '99000@lid' };
const ALICE = '15551112222@s.whatsapp.net';
const GROUP = '120363000000000001@g.us';
const RECEIVER = fileURLToPath(new URL('support/receiver.mjs', import.meta.url));

/** An account that Alice has met, and its way from Signal to events. */
async function account(t) {
  const path = join(folderFor(), 'store');
  const creds = initAuthCreds();
  const preKey = newPreKey();
  const first = receiver(path, creds);
  await first.keys.set({ 'pre-key': { 1: preKey } });
  const alice = new Peer(ALICE);
  await alice.meet(ME.jid, bundleOf(creds, 1, preKey));
  first.store.close();
  const open = () => {
    const side = receiver(path, creds);
    const lines = [];
    const journal = new Journal(side.store, (line) => lines.push(JSON.parse(line)), (error) => assert.fail(error));
    const inbound = new Inbound(side.store, journal, new People(side.store), side.kept, () => ME, () => false);
    return { ...side, lines, journal, inbound };
  };
  /** Another process decrypts this stanza and is killed right after the keys were committed. */
  const decryptAndDie = (node) => {
    const given = JSON.stringify({ path, creds, node }, BufferJSON.replacer);
    const run = spawnSync(process.execPath, [RECEIVER, 'decrypt-and-die', given], { encoding: 'utf8' });
    assert.equal(run.signal, 'SIGKILL', run.stderr);
    assert.equal(run.stdout, 'decrypted');
  };
  return { alice, open, decryptAndDie };
}

test('killed between the keys and the event: the message is told once, also when WhatsApp delivers it again', async (t) => {
  const { alice, open, decryptAndDie } = await account(t);
  const node = await alice.write(ME.jid, 'ALICE0000001', 'first words');
  decryptAndDie(node);

  const side = open();
  assert.equal(await side.inbound.recover(), 1);
  await side.journal.flushed();
  assert.deepEqual(side.lines.map(({ ev, id, text, chat, push_name }) => [ev, id, text, chat, push_name]), [
    ['message', 'ALICE0000001', 'first words', ALICE, 'Peer'],
  ]);
  assert.match(Buffer.from(await side.decrypt(node)).toString('latin1'), /first words/, 'delivered again, it is read from the store');
  assert.equal(await side.inbound.recover(), 0);
  side.store.close();

  const later = open();
  assert.equal(await later.inbound.recover(), 0);
  assert.equal(later.journal.replay(), 1, 'until it is acknowledged');
  await later.journal.flushed();
  await later.journal.acknowledge(later.lines[0].seq);
  later.store.close();
  assert.equal(open().journal.replay(), 0);
});

test('the keys survive the kill too: the next messages are read', async (t) => {
  const { alice, open, decryptAndDie } = await account(t);
  decryptAndDie(await alice.write(ME.jid, 'ALICE0000001', 'one'));
  decryptAndDie(await alice.write(ME.jid, 'ALICE0000002', 'two'));
  const side = open();
  await side.decrypt(await alice.write(ME.jid, 'ALICE0000003', 'three'));
  assert.equal(await side.inbound.recover(), 3);
  await side.journal.flushed();
  assert.deepEqual(side.lines.map(({ text }) => text), ['one', 'two', 'three']);
});

test('in a group too', async (t) => {
  const { alice, open, decryptAndDie } = await account(t);
  const first = open();
  const { node, key } = await alice.writeToGroup(GROUP, 'ALICEGROUP01', 'to all');
  const item = { groupId: GROUP, axolotlSenderKeyDistributionMessage: key };
  await first.repository.processSenderKeyDistributionMessage({ authorJid: ALICE, item });
  first.store.close();
  decryptAndDie(node);
  const side = open();
  assert.equal(await side.inbound.recover(), 1);
  await side.journal.flushed();
  const [event] = side.lines;
  assert.deepEqual([event.chat, event.from, event.is_group, event.text], [GROUP, ALICE, true, 'to all']);
  assert.match(Buffer.from(await side.decrypt(node)).toString('latin1'), /to all/);
});

test('a pre-key that its owner did not sign makes no session', async (t) => {
  const { open } = await account(t);
  const { repository } = open();
  const creds = initAuthCreds();
  const good = bundleOf(creds, 1, newPreKey());
  const { verifySignatures } = await import('../dist/auth/verify.js');
  verifySignatures();
  const forged = { ...good, signedPreKey: { ...good.signedPreKey, signature: Buffer.alloc(64, 1) } };
  await assert.rejects(repository.injectE2ESession({ jid: ALICE, session: forged }), /not signed by its owner/);
  assert.deepEqual(await repository.validateSession(ALICE), { exists: false, reason: 'no session' });
  await repository.injectE2ESession({ jid: ALICE, session: good });
  assert.equal((await repository.validateSession(ALICE)).exists, true);
});

test('what is kept of messages that were told is bounded; what was not told never goes', async (t) => {
  const { alice, open } = await account(t);
  const side = open();
  await side.decrypt(await alice.write(ME.jid, 'ALICE0000000', 'waits'));
  for (let n = 1; n <= 1010; n += 1) {
    side.kept.arrived({
      tag: 'message',
      attrs: { from: ALICE, id: `OPEN${String(n).padStart(8, '0')}`, t: '1' },
      content: [{ tag: 'plaintext', attrs: {}, content: Buffer.from([10, 1, 120]) }],
    });
    const message = { key: { remoteJid: ALICE, id: `OPEN${String(n).padStart(8, '0')}` }, message: { conversation: 'x' } };
    await side.inbound.take(message, false);
  }
  assert.ok(side.store.size('inbound') <= 1000, String(side.store.size('inbound')));
  assert.equal(await side.inbound.recover(), 1);
});
