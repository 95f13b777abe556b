import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proto } from '@whiskeysockets/baileys';
import { Store } from '../dist/disk/store.js';
import { People } from '../dist/inbound/people.js';
import { draftOf } from '../dist/outbound/compose.js';
import { Receipts } from '../dist/outbound/receipts.js';
import { Sender } from '../dist/outbound/sender.js';
import { SentMessages } from '../dist/outbound/sent.js';
import { Typing } from '../dist/outbound/typing.js';
import { fakeSocket, journalFor } from './support/fakes.mjs';
import { SILENT } from './support/signal.mjs';

const ALICE = '15551112222@s.whatsapp.net';
const ID = '3EB0AAAAAAAAAAAAAAAA';
const never = new Promise(() => {});

function sender(t, answers) {
  const { store, journal, lines, path } = journalFor(t);
  const sent = new SentMessages(store);
  const made = new Sender(store, journal, sent);
  const fake = fakeSocket(answers);
  fake.open.logger = SILENT;
  const receipts = new Receipts(made, new People(store));
  const send = (more = {}, deadline = 60_000, again = false) =>
    made.send(fake.open, ID, draftOf('send', { jid: ALICE, text: 'words', ...more }), deadline, again);
  const statuses = async () => {
    await journal.flushed();
    return lines.map(({ status, error_code }) => (error_code ? `${status} ${error_code}` : status));
  };
  return { ...fake, made, receipts, send, sent, store, path, statuses };
}

test('id and content are on disk before the first byte leaves', async (t) => {
  const seen = [];
  const { send, path } = sender(t, {
    relayMessage() {
      const disk = Store.open(path);
      seen.push(JSON.parse(disk.get('sent', ID)));
      disk.close();
    },
  });
  await send();
  assert.equal(seen[0].jid, ALICE);
  assert.equal(seen[0].status, 'sending');
  assert.equal(proto.Message.decode(Buffer.from(seen[0].content, 'base64')).extendedTextMessage.text, 'words');
});

test('a send that is not answered in time is unknown; the same id is not sent again, and a late answer settles it', async (t) => {
  let finish;
  const { send, statuses, calls, receipts } = sender(t, { relayMessage: () => new Promise((done) => (finish = done)) });
  await assert.rejects(send({}, 30), { code: 'deadline', unknown: true, retryable: false });
  assert.deepEqual(await send(), { message_id: ID, status: 'unknown', repeated: true });
  assert.equal(calls.filter(([name]) => name === 'relayMessage').length, 1);
  finish();
  await new Promise(setImmediate);
  await receipts.acknowledged({ tag: 'ack', attrs: { class: 'message', id: ID } });
  assert.deepEqual(await statuses(), ['unknown deadline', 'sent', 'accepted']);
});

test('an unknown one is sent again only where a person says so, under the same id', async (t) => {
  const { send, calls } = sender(t, { relayMessage: () => never });
  await assert.rejects(send({}, 30), { code: 'deadline' });
  await assert.rejects(send({}, 30, true), { code: 'deadline' });
  const ids = calls.filter(([name]) => name === 'relayMessage').map(([, , , { messageId }]) => messageId);
  assert.deepEqual(ids, [ID, ID]);
});

test('what was under way when the process ended is unknown after the restart', async (t) => {
  let relayed;
  const begun = new Promise((done) => (relayed = done));
  // Its deadline does not hold up the end of the tests.
  const over = new Promise((done) => t.after(done));
  const { send, path } = sender(t, { relayMessage: () => (relayed(), over) });
  void send().catch(() => undefined);
  await begun;
  const store = Store.open(path);
  const sent = new SentMessages(store);
  assert.deepEqual(sent.unsettled(), [ID]);
  assert.ok(sent.again({ id: ID }).extendedTextMessage, 'a phone that asks for it still gets it');
  assert.equal(sent.again({ id: 'OTHER' }), undefined, 'and nothing for one that is not known');
});

test('acknowledgement, error and receipts are told once, in their order', async (t) => {
  const { send, statuses, receipts } = sender(t);
  await send();
  const ack = (more) => receipts.acknowledged({ tag: 'ack', attrs: { class: 'message', id: ID, ...more } });
  const update = (status) => receipts.updated([{ key: { remoteJid: ALICE, id: ID, fromMe: true }, update: { status } }]);
  await ack({});
  await ack({});
  await update(4);
  await update(3);
  await receipts.acknowledged({ tag: 'ack', attrs: { class: 'message', id: 'NOTOURS1' } });
  assert.deepEqual(await statuses(), ['sent', 'accepted', 'read']);
});

test('an error of WhatsApp after the send resolved is a failure with its code', async (t) => {
  const { send, statuses, receipts } = sender(t);
  await send();
  await receipts.acknowledged({ tag: 'ack', attrs: { class: 'message', id: ID, error: '463' } });
  assert.deepEqual(await statuses(), ['sent', 'failed 463']);
});

test('a connection that breaks in the middle leaves it unknown; a refusal before it fails', async (t) => {
  const broken = Object.assign(new Error('Connection Closed'), { output: { statusCode: 428 } });
  const first = sender(t, { relayMessage: () => Promise.reject(broken) });
  await assert.rejects(first.send(), { code: 'connection_lost', unknown: true });
  assert.deepEqual(await first.statuses(), ['unknown connection_lost']);
  const second = sender(t, { relayMessage: () => Promise.reject(new Error('no such thing')) });
  await assert.rejects(second.send(), { code: 'not_sent', unknown: false });
  assert.deepEqual(await second.statuses(), ['failed not_sent']);
});

test('a reply carries what it answers, mentions and the timer of the chat', async (t) => {
  const { send, calls } = sender(t);
  await send({ quoted: { id: 'ALICE0000001', text: 'before' }, mentions: [ALICE], expiration: 86_400 });
  const [, jid, message] = calls.find(([name]) => name === 'relayMessage');
  const { contextInfo, text } = message.extendedTextMessage;
  assert.equal(jid, ALICE);
  assert.equal(text, 'words');
  assert.equal(contextInfo.stanzaId, 'ALICE0000001');
  assert.equal(contextInfo.participant, ALICE);
  assert.deepEqual(contextInfo.mentionedJid, [ALICE]);
  assert.equal(contextInfo.expiration, 86_400);
});

test('reactions, edits and deletions name their message; a stanza says what they are', () => {
  const target = { id: 'ALICE0000001', from_me: true };
  assert.deepEqual(draftOf('edit', { jid: ALICE, text: 'new', target }).attributes, { edit: '1' });
  assert.deepEqual(draftOf('delete', { jid: ALICE, target }).attributes, { edit: '7' });
  const foreign = { id: 'ALICE0000001', from: ALICE };
  assert.deepEqual(draftOf('delete', { jid: '1203@g.us', target: foreign }).attributes, { edit: '8' });
  assert.throws(() => draftOf('delete', { jid: '1203@g.us', target: { id: 'ALICE0000001' } }), { code: 'bad_command' });
  assert.equal(draftOf('react', { jid: ALICE, target }).content.react.text, '', 'no emoji takes the reaction away');
  assert.throws(() => draftOf('send', { jid: ALICE, kind: 'image', media: { path: 'relative.png' } }), /absolute/);
});

test('typing always ends: by its time to live, and at the end of everything', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const typing = new Typing();
  const { open, calls } = fakeSocket();
  await typing.show(open, ALICE, 'composing', 20_000);
  t.mock.timers.tick(19_999);
  assert.deepEqual(calls.map(([, state]) => state), ['composing']);
  t.mock.timers.tick(1);
  assert.deepEqual(calls.map(([, state]) => state), ['composing', 'paused']);
  await typing.show(open, ALICE, 'recording', 20_000);
  await typing.end(open);
  t.mock.timers.tick(60_000);
  assert.deepEqual(calls.map(([, state]) => state), ['composing', 'paused', 'recording', 'paused']);
});
