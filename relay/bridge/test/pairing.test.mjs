import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Credentials } from '../dist/auth/creds.js';
import { Pairing } from '../dist/pairing.js';
import { folderFor } from './support/bridge.mjs';
import { fakeSocket, journalFor } from './support/fakes.mjs';

const QR = 'https://wa.me/settings/linked_devices#2@ref,noise,identity,OLD,1';
const secretIn = ({ data }) => data.split(',').at(-2);

function pairing(t, answers) {
  const { journal, lines } = journalFor(t);
  const folder = folderFor();
  const credentials = Credentials.open(folder);
  const fake = fakeSocket(answers);
  const made = new Pairing(fake.sock, credentials, journal);
  return { ...fake, journal, lines, credentials, made, folder };
}

test('a secret that WhatsApp retires is replaced in the code on the screen, in the file, and in every later code', async (t) => {
  const { ws, journal, lines, credentials, made, folder } = pairing(t);
  const before = credentials.value.advSecretKey;
  made.qr(QR);
  ws.emit('CB:notification,type:companion_reg_refresh', {});
  made.qr(QR.replace('ref', 'next'));
  await journal.flushed();
  const [first, again, next] = lines;
  assert.equal(secretIn(first), before);
  const fresh = credentials.value.advSecretKey;
  assert.notEqual(fresh, before);
  assert.equal(Buffer.from(fresh, 'base64').length, 32);
  assert.deepEqual([secretIn(again), secretIn(next)], [fresh, fresh]);
  assert.deepEqual([first.n, again.n, next.n], [1, 1, 2]);
  assert.match(again.data, /#2@ref,noise,identity,/);
  assert.equal(Credentials.open(folder).value.advSecretKey, fresh);
});

test('after the phone linked, no secret is replaced and no code is shown', async (t) => {
  const { ws, journal, lines, credentials, made } = pairing(t);
  const before = credentials.value.advSecretKey;
  made.finished();
  made.qr(QR);
  ws.emit('CB:notification,type:companion_reg_refresh', {});
  await journal.flushed();
  assert.deepEqual(lines, []);
  assert.equal(credentials.value.advSecretKey, before);
});

test('a pairing code is given only when WhatsApp has accepted it', async (t) => {
  const { ws, made, calls } = pairing(t, { requestPairingCode: () => 'ABCD1234' });
  let given;
  const code = made.code('15550001111').then((value) => (given = value));
  await new Promise(setImmediate);
  assert.equal(given, undefined);
  ws.emit('CB:iq,type:result,link_code_companion_reg', {});
  assert.equal(await code, 'ABCD1234');
  assert.deepEqual(calls, [['requestPairingCode', '15550001111']]);
});

test('a refused pairing code says so and leaves nothing that looks linked', async (t) => {
  const me = { id: '15550001111@s.whatsapp.net' };
  const { ws, made, credentials, journal, lines } = pairing(t, { requestPairingCode: () => ((credentials.value.me = me), 'ABCD1234') });
  const code = made.code('15550001111');
  await new Promise(setImmediate);
  ws.emit('CB:notification,type:companion_reg_refresh', {});
  ws.emit('CB:iq,type:error', { tag: 'iq', attrs: {}, content: [{ tag: 'error', attrs: { code: '400' } }] });
  await assert.rejects(code, { code: 'code_refused', message: /400/ });
  assert.equal(credentials.value.me, undefined);
  assert.equal(ws.listenerCount('CB:iq,type:error'), 0);
  made.qr(QR);
  await journal.flushed();
  assert.equal(lines.length, 1, 'a code to scan is shown again');
});

test('a connection that breaks while the code is asked for is no code', async (t) => {
  const { ws, made } = pairing(t, { requestPairingCode: () => 'ABCD1234' });
  const code = made.code('15550001111');
  await new Promise(setImmediate);
  ws.emit('close');
  await assert.rejects(code, { code: 'connection_lost', retryable: true });
});
