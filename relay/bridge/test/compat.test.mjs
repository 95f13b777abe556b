import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BridgeProcess, folderFor, testBuild } from './support/bridge.mjs';
import { fakeWhatsApp, writeLogin } from './support/whatsapp.mjs';

const main = testBuild();
const ALICE = '15551112222@s.whatsapp.net';
const GROUP = '120363000000000001@g.us';

/** A bridge in the place of OpenJarvis's own, over a login that it made. */
async function openJarvis(t) {
  const home = folderFor();
  const auth = join(home, 'auth');
  writeLogin(auth);
  const whatsapp = await fakeWhatsApp(t, home);
  const args = ['--compat', '--auth-dir', auth, '--locks', join(home, 'locks'), '--test-server', whatsapp.url];
  const bridge = new BridgeProcess(main, args, { home });
  t.after(() => bridge.kill());
  await bridge.line(({ type, status }) => type === 'status' && status === 'connected');
  return { home, whatsapp, bridge };
}

test('the lines of OpenJarvis drive the bridge: connected without a new QR, a message in, one out, disconnect', async (t) => {
  const { home, whatsapp, bridge } = await openJarvis(t);
  assert.ok(readdirSync(home).some((name) => name.startsWith('auth.backup-')));
  await whatsapp.write(ALICE, 'hello jarvis', { messageId: 'ALICE0000001' });
  const message = await bridge.line(({ type }) => type === 'message');
  assert.deepEqual(message, { type: 'message', jid: ALICE, sender: ALICE, text: 'hello jarvis', message_id: 'ALICE0000001' });
  await whatsapp.write(GROUP, 'group hi', { senderJid: ALICE, messageId: 'ALICE0000002' });
  const group = await bridge.line(({ text }) => text === 'group hi');
  assert.deepEqual(group, { type: 'message', jid: GROUP, sender: ALICE, text: 'group hi', message_id: 'ALICE0000002' });
  bridge.raw(`${JSON.stringify({ type: 'send', jid: ALICE, text: 'Hello from OpenJarvis!' })}\n`);
  await received(whatsapp, 'Hello from OpenJarvis!');
  bridge.raw('{"type":"disconnect"}\n');
  assert.deepEqual(await bridge.exited, { code: 0, signal: null });
  assert.deepEqual(bridge.lines.at(-1), { type: 'status', status: 'disconnected' });
  assert.ok(bridge.lines.every(({ type }) => ['status', 'message', 'qr', 'error'].includes(type)), bridge.stdout);
});

test('a bad address, a bad line and a strange line do not end the channel', async (t) => {
  const { whatsapp, bridge } = await openJarvis(t);
  const from = bridge.lines.length;
  bridge.raw('{"type":"send","jid":"not-a-jid","text":"x"}\nthis is not JSON\n{"type":"other"}\n7\n');
  await bridge.line(({ type, message }) => type === 'error' && message.startsWith('Send failed: '), from);
  await bridge.line(({ message }) => message === 'Invalid JSON on stdin', from);
  const [last] = bridge.lines.slice(-1);
  assert.deepEqual(last, { type: 'status', status: 'connected' }, 'its host takes an error for the end of the channel');
  bridge.raw(`${JSON.stringify({ type: 'send', jid: ALICE, text: 'still here' })}\n`);
  await received(whatsapp, 'still here');
});

test('what OpenJarvis’s own bridge was recorded to say has the same fields here', async (t) => {
  const rows = readFileSync(new URL('fixtures/openjarvis-bridge.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const recorded = rows.filter(({ dir, event }) => dir === 'bridge->py' && event?.type).map(({ event }) => event);
  const fields = { message: 'jid,message_id,sender,text,type', status: 'status,type', qr: 'data,type', error: 'message,type' };
  for (const event of recorded) assert.equal(Object.keys(event).sort().join(), fields[event.type]);
  const commands = rows.filter(({ dir }) => dir === 'py->bridge').map(({ cmd }) => cmd);
  const { bridge } = await openJarvis(t);
  for (const command of commands.filter(({ type }) => type !== 'disconnect')) bridge.raw(`${JSON.stringify(command)}\n`);
  await bridge.line(({ type }) => type === 'error');
  bridge.raw('{"type":"disconnect"}\n');
  assert.deepEqual(await bridge.exited, { code: 0, signal: null });
  for (const line of bridge.lines) assert.equal(Object.keys(line).sort().join(), fields[line.type]);
});

/** Waits until the server has read this text. */
async function received(whatsapp, text) {
  while (!whatsapp.recorded().some(({ body }) => body?.message?.conversation === text)) await new Promise((done) => setTimeout(done, 20));
}
