import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BridgeProcess, folderFor, testBuild } from './support/bridge.mjs';
import { fakeWhatsApp, writeLogin } from './support/whatsapp.mjs';

const main = testBuild();
const ALICE = '15551112222@s.whatsapp.net';
const ID = '3EB0AAAAAAAAAAAAAAAA';

async function linked(t) {
  const home = folderFor();
  const auth = join(home, 'auth');
  writeLogin(auth);
  const whatsapp = await fakeWhatsApp(t, home);
  const start = (options = {}) => {
    const args = ['--auth-dir', auth, '--locks', join(home, 'locks'), '--test-server', whatsapp.url];
    const bridge = new BridgeProcess(main, args, { home, ...options });
    t.after(() => bridge.kill());
    return bridge;
  };
  return { home, auth, whatsapp, start };
}

async function opened(bridge) {
  await bridge.event('ready');
  const { ok, error } = await bridge.ask('start');
  assert.ok(ok, JSON.stringify(error));
  await bridge.event('state', ({ state }) => state === 'open');
}

test('a message comes in, and one goes out and is read at the other side; no key is ever printed', async (t) => {
  const { auth, whatsapp, start } = await linked(t);
  const bridge = start();
  await opened(bridge);
  await whatsapp.write(ALICE, 'hello bridge', { messageId: 'ALICE0000001' });
  const message = await bridge.event('message');
  assert.equal(message.text, 'hello bridge');
  assert.equal(message.chat, ALICE);
  assert.equal(message.from_me, false);
  assert.equal(message.encrypted, false, 'this server sends it readable, and the event says so');
  const { ok, result, error } = await bridge.ask('send', { jid: ALICE, text: 'hello Alice', message_id: ID });
  assert.ok(ok, JSON.stringify(error));
  assert.deepEqual(result, { message_id: ID, status: 'sent' });
  const settled = await bridge.event('send_status', ({ status }) => status === 'accepted');
  assert.equal(settled.chat, ALICE);
  const received = whatsapp.recorded().find(({ body }) => body?.key?.id === ID);
  assert.equal(received.body.message.conversation, 'hello Alice');
  assert.deepEqual(await bridge.end(), { code: 0, signal: null });

  const { noiseKey, signedIdentityKey, signedPreKey, advSecretKey, pairingEphemeralKeyPair } = JSON.parse(
    readFileSync(join(auth, 'creds.json'), 'utf8'),
  );
  const secrets = [noiseKey, signedIdentityKey, signedPreKey.keyPair, pairingEphemeralKeyPair].map((pair) => pair.private.data);
  for (const secret of [...secrets, advSecretKey]) {
    const bytes = Buffer.from(secret, 'base64');
    for (const form of [secret, bytes.toString('hex'), [...bytes].join(','), [...bytes].join(', ')]) {
      assert.ok(!bridge.stdout.includes(form) && !bridge.errors.includes(form), 'a key was printed');
    }
  }
});

test('what is not acknowledged is told again after SIGKILL, once each time, until it is', async (t) => {
  const { whatsapp, start } = await linked(t);
  const first = start();
  await opened(first);
  await whatsapp.write(ALICE, 'one', { messageId: 'ALICE0000001' });
  const { seq } = await first.event('message');
  await first.kill();
  const second = start();
  await opened(second);
  const again = await second.event('message');
  assert.deepEqual([again.seq, again.text, again.again], [seq, 'one', true]);
  assert.equal(second.lines.findIndex(({ ev }) => ev === 'ready') < second.lines.indexOf(again), true);
  await whatsapp.write(ALICE, 'two', { messageId: 'ALICE0000002' });
  const two = await second.event('message', ({ text }) => text === 'two');
  assert.ok(two.seq > seq);
  assert.equal((await second.ask('ack', { seq })).result.released, 1);
  await second.kill();
  const third = start();
  await opened(third);
  await third.event('message');
  assert.deepEqual(third.lines.filter(({ ev }) => ev === 'message').map(({ text }) => text), ['two']);
  await third.ask('ack', { seq: two.seq });
  await third.kill();
  const fourth = start();
  await opened(fourth);
  assert.deepEqual(fourth.lines.filter(({ ev }) => ev === 'message'), []);
});

test('killed at each write to disk on the way of a message in: it is told, and under one number', async (t) => {
  const { whatsapp, start } = await linked(t);
  const hook = fileURLToPath(new URL('support/die-at-sync.mjs', import.meta.url));
  for (const at of [1, 2]) {
    const id = `ALICE000000${at}`;
    const dying = start({ node: ['--import', hook], env: { DIE_AT: at } });
    await opened(dying);
    await whatsapp.write(ALICE, `words ${at}`, { messageId: id });
    assert.equal((await dying.exited).signal, 'SIGKILL');
    const told = dying.lines.filter((event) => event.id === id);
    if (at === 1) assert.deepEqual(told, [], 'the first kill comes before the event');
    const next = start();
    await opened(next);
    const event = await next.event('message', (one) => one.id === id);
    assert.equal(next.lines.filter((one) => one.ev === 'message' && one.id === id).length, 1, `at ${at}`);
    for (const before of told) assert.equal(before.seq, event.seq);
    await next.ask('ack', { seq: event.seq });
    await next.kill();
  }
});

test('a message is sent once, however often the command comes, also after SIGKILL', async (t) => {
  const { whatsapp, start } = await linked(t);
  const first = start();
  await first.event('ready');
  assert.equal((await first.ask('send', { jid: ALICE, text: 'x', message_id: ID })).error.code, 'not_open');
  await opened(first);
  for (const jid of ['not-a-jid', '+15551112222', 'status@broadcast', '', 7, '1@g.us@lid']) {
    assert.equal((await first.ask('send', { jid, text: 'x', message_id: ID })).error.code, 'bad_command', String(jid));
  }
  await first.ask('send', { jid: ALICE, text: 'once', message_id: ID });
  await first.event('send_status', ({ status }) => status === 'accepted');
  const again = await first.ask('send', { jid: ALICE, text: 'once', message_id: ID });
  assert.deepEqual(again.result, { message_id: ID, status: 'accepted', repeated: true });
  await first.kill();
  const second = start();
  await opened(second);
  const later = await second.ask('send', { jid: ALICE, text: 'once', message_id: ID });
  assert.deepEqual(later.result, { message_id: ID, status: 'accepted', repeated: true });
  assert.equal(whatsapp.recorded().filter(({ body }) => body?.key?.id === ID).length, 1);
});

test('torn, doubled, huge and foreign lines are answered and hurt nothing', async (t) => {
  const { start } = await linked(t);
  const bridge = start();
  await bridge.event('ready');
  const lines = ['{"v":1,"id":1,"cmd":"pi', '{"v":1,"id":1,"cmd":"ping"}{"v":1,"id":2,"cmd":"ping"}', 'hello', '[]', 'null', '7', '\u0000',
    '{"v":1,"cmd":"ping"}', '{"id":"b","cmd":"ping"}', '{"v":1,"id":{},"cmd":"ping"}', '{"v":1,"id":"c","cmd":"__proto__"}',
    '{"v":1,"id":"d","cmd":"constructor"}', `{"v":1,"id":"e","cmd":"${'x'.repeat(3_000_000)}"}`, '{"v":1,"id":"f"}'];
  const answers = () => bridge.lines.filter((line) => 'ok' in line);
  bridge.raw(`${lines.join('\n')}\n`);
  const { ok, result } = await bridge.ask('ping');
  assert.ok(ok);
  assert.equal(result.state, 'idle');
  assert.equal(answers().length, lines.length + 1, 'one answer for each line');
  assert.equal(answers().filter((answer) => answer.ok).length, 1);
  for (const { error } of answers().filter((answer) => !answer.ok)) assert.match(error.code, /^(bad_line|unknown_command)$/);
  bridge.raw('{"v":1,"id":9,"cmd":"pi');
  assert.deepEqual(await bridge.end(), { code: 0, signal: null });
});

test('a second bridge of one folder is refused and leaves the first alone', async (t) => {
  const { start } = await linked(t);
  const first = start();
  await opened(first);
  const second = start();
  const { code, message } = await second.event('fatal');
  assert.equal(code, 'locked');
  assert.match(message, /is in use by process \d+/);
  assert.equal((await second.exited).code, 2);
  assert.equal((await first.ask('ping', { whatsapp: true })).result.state, 'open');
});

test('a server that goes away is reported with its code, and nobody connects again until told', async (t) => {
  const { whatsapp, start } = await linked(t);
  const bridge = start();
  await opened(bridge);
  await whatsapp.close();
  const { code, reason } = await bridge.event('state', ({ state }) => state === 'closed');
  assert.equal(code, 428);
  assert.equal(reason, 'closed');
  assert.equal((await bridge.ask('send', { jid: ALICE, text: 'x', message_id: ID })).error.code, 'not_open');
  assert.equal((await bridge.ask('ping', { whatsapp: true })).error.code, 'not_open');
  const states = bridge.lines.filter(({ ev }) => ev === 'state').map(({ state }) => state);
  assert.deepEqual(states, ['connecting', 'open', 'closed']);
  const from = bridge.lines.length;
  await bridge.ask('start');
  await bridge.event('state', ({ state }) => state === 'closed', from);
});

test('a full disk ends the process with its reason; with room again the login goes on', async (t) => {
  const { home, whatsapp, start } = await linked(t);
  const hook = fileURLToPath(new URL('support/full-disk.mjs', import.meta.url));
  const armed = join(home, 'armed');
  const bridge = start({ node: ['--import', hook], env: { FULL_ARMED: armed } });
  await opened(bridge);
  writeFileSync(armed, '');
  await whatsapp.write(ALICE, 'no room', { messageId: 'ALICE0000001' });
  assert.equal((await bridge.event('fatal')).code, 'ENOSPC');
  assert.equal((await bridge.exited).code, 3);
  assert.ok(!bridge.lines.some(({ ev }) => ev === 'message'), 'nothing is told that is not on disk');
  const next = start();
  await opened(next);
  assert.equal((await next.ask('stats')).result.linked, true);
  next.child.kill('SIGTERM');
  assert.deepEqual(await next.exited, { code: 0, signal: null }, 'SIGTERM is a graceful end');
});

test('files are for the owner only', async (t) => {
  const { auth, start } = await linked(t);
  const bridge = start();
  await opened(bridge);
  await bridge.end();
  for (const name of ['creds.json', 'clawline.log']) assert.equal(statSync(join(auth, name)).mode & 0o077, 0, name);
  assert.ok(!readdirSync(auth).includes('bridge.lock'));
});

test('a build for people takes no other server than WhatsApp, and needs a folder', async (t) => {
  const real = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const home = folderFor();
  for (const args of [['--auth-dir', join(home, 'a'), '--test-server', 'ws://127.0.0.1:1'], [], ['--nonsense']]) {
    const bridge = new BridgeProcess(real, args, { home });
    assert.equal((await bridge.event('fatal')).code, 'bad_arguments');
    assert.equal((await bridge.exited).code, 2);
  }
});
