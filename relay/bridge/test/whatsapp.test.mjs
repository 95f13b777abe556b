import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BridgeProcess, folderFor, testBuild } from './support/bridge.mjs';
import { Directory } from './support/directory.mjs';
import { LinkingPhone } from './support/linking.mjs';
import { Authority } from './support/noise.mjs';
import { Server } from './support/server.mjs';
import { Peer, bundleOf } from './support/signal.mjs';
import { linkedCredentials, writeLogin } from './support/whatsapp.mjs';

const authority = new Authority();
const main = testBuild(authority.trusted);
const ALICE = '15551112222@s.whatsapp.net';
const ME = '15550000000@s.whatsapp.net';

async function world(t, { login, build = main } = {}) {
  const home = folderFor();
  const auth = join(home, 'auth');
  if (login) writeLogin(auth, login);
  const server = await Server.start(t, authority);
  const start = (options = {}) => {
    const args = ['--auth-dir', auth, '--locks', join(home, 'locks'), '--test-server', server.url];
    const bridge = new BridgeProcess(build, args, { home, ...options });
    t.after(() => bridge.kill());
    return bridge;
  };
  return { home, auth, server, start };
}

const state = (bridge, name, from) => bridge.event('state', (event) => event.state === name, from);

async function opened(bridge) {
  await bridge.event('ready');
  const answer = await bridge.ask('start');
  assert.ok(answer.ok, JSON.stringify(answer));
  await state(bridge, 'open');
}

test('a QR is shown, renewed when WhatsApp retires its secret, scanned, and the device is linked', async (t) => {
  const { server, start, auth } = await world(t);
  const bridge = start();
  assert.equal((await bridge.event('ready')).linked, false);
  await bridge.ask('start');
  const first = await bridge.event('qr');
  assert.deepEqual([first.n, first.expires_in_ms > 50_000], [1, true]);
  server.send({ tag: 'notification', attrs: { type: 'companion_reg_refresh', id: 'n1', from: 's.whatsapp.net' } });
  const second = await bridge.event('qr', ({ data }) => data !== first.data);
  await new LinkingPhone(server).scan(second.data);
  await state(bridge, 'linking');
  await state(bridge, 'open');
  const paired = await bridge.event('paired');
  assert.deepEqual([paired.jid, paired.alt, paired.platform], [ME, '99000@lid', 'android']);
  assert.equal(server.sockets, 2, 'connected again at once, once');
  const states = bridge.lines.filter(({ ev }) => ev === 'state').map((event) => event.state);
  assert.deepEqual(states, ['connecting', 'pairing', 'linking', 'connecting', 'open']);
  await bridge.end();
  const again = start();
  assert.equal((await again.event('ready')).linked, true, 'the next start needs no QR');
  assert.ok(existsSync(join(auth, 'creds.json.bak')));
});

test('a code that was scanned with the retired secret does not link', async (t) => {
  const { server, start } = await world(t);
  const bridge = start();
  await bridge.event('ready');
  await bridge.ask('start');
  const { data } = await bridge.event('qr');
  server.send({ tag: 'notification', attrs: { type: 'companion_reg_refresh', id: 'n1', from: 's.whatsapp.net' } });
  await bridge.event('qr', (event) => event.data !== data);
  void new LinkingPhone(server).scan(data);
  await state(bridge, 'closed');
  assert.equal((await bridge.ask('stats')).result.linked, false);
});

test('a pairing code comes after WhatsApp took it; a refused one leaves nothing that looks linked', async (t) => {
  const { server, start } = await world(t);
  const stage = { tag: 'link_code_companion_reg', attrs: { stage: 'companion_hello' } };
  const ref = { tag: 'link_code_pairing_ref', attrs: {}, content: Buffer.from('ref') };
  server.answers.md = () => [{ ...stage, content: [ref] }];
  const bridge = start();
  await bridge.event('ready');
  await bridge.ask('start', { mode: 'code', phone: '+15550000000' });
  const { code } = await bridge.event('pair_code');
  assert.match(code, /^[0-9A-Z]{8}$/);
  const hello = await server.node(({ content }) => content?.[0]?.tag === 'link_code_companion_reg');
  const name = hello.content[0].content.find(({ tag }) => tag === 'companion_platform_display');
  assert.match(Buffer.from(name.content).toString(), /^Chrome \(Windows\)$/);
  assert.ok(!bridge.lines.some(({ ev }) => ev === 'qr'), 'no code to scan beside it');
  await bridge.kill();

  server.answers.md = ({ attrs }) => ({
    tag: 'iq',
    attrs: { id: attrs.id, from: 's.whatsapp.net', type: 'error' },
    content: [{ tag: 'error', attrs: { code: '400', text: 'bad-request' } }],
  });
  const second = start();
  assert.equal((await second.event('ready')).linked, false, 'a number that asked for a code is not linked');
  await second.ask('start');
  await state(second, 'pairing');
  const refused = await second.ask('pair_code', { phone: '15550000000' });
  assert.equal(refused.error.code, 'code_refused');
  assert.equal((await second.ask('stats')).result.linked, false);
});

for (const [code, reason] of [['401', 'logged_out'], ['403', 'forbidden'], ['405', 'client_too_old'], ['408', 'lost'], ['411', 'multidevice_mismatch'], ['500', 'bad_session'], ['503', 'unavailable'], ['515', 'restart_required']]) {
  test(`a close with ${code} is reported, and nothing connects again by itself`, async (t) => {
    const { server, start, auth } = await world(t, { login: linkedCredentials() });
    const bridge = start();
    await opened(bridge);
    if (code === '515') server.streamError(code);
    else server.send({ tag: 'failure', attrs: { reason: code } });
    const closed = await state(bridge, 'closed');
    assert.deepEqual([closed.code, closed.reason, closed.generation], [Number(code), reason, 1]);
    assert.equal((await bridge.ask('ping')).result.state, 'closed');
    assert.equal(server.sockets, 1);
    const linked = (await bridge.ask('stats')).result.linked;
    assert.equal(linked, code !== '401');
    if (code === '401') assert.ok(existsSync(join(closed.set_aside, 'creds.json')) && !existsSync(join(auth, 'creds.json')));
  });
}

test('starts that come at once leave one socket', async (t) => {
  const { server, start } = await world(t, { login: linkedCredentials() });
  const bridge = start();
  await bridge.event('ready');
  const answers = await Promise.all([bridge.ask('start'), bridge.ask('start'), bridge.ask('start')]);
  assert.deepEqual(answers.map(({ result }) => result.generation), [1, 2, 3]);
  await bridge.event('state', (event) => event.state === 'open' && event.generation === 3);
  await bridge.ask('ping', { whatsapp: true });
  assert.equal([...server.web.clients].filter(({ readyState }) => readyState === 1).length, 1);
});

test('a conflict is reported as 440 and the credentials stay', async (t) => {
  const { server, start } = await world(t, { login: linkedCredentials() });
  const bridge = start();
  await opened(bridge);
  server.streamError('440', [{ tag: 'conflict', attrs: { type: 'replaced' } }]);
  const closed = await state(bridge, 'closed');
  assert.deepEqual([closed.code, closed.reason, closed.set_aside], [440, 'conflict', undefined]);
});

test('a server whose certificate another root signed is refused', async (t) => {
  const { start, server } = await world(t, { login: linkedCredentials(), build: testBuild(new Authority().trusted) });
  const bridge = start();
  await bridge.event('ready');
  await bridge.ask('start');
  await state(bridge, 'closed');
  assert.equal(server.nodes.length, 0);
});

for (const [when, env] of [['its keys were committed', { DIE_AT: 1 }], ['its receipt left', { DIE_BEFORE: 'event' }]]) {
  test(`killed after ${when}: an encrypted message is told once, and read again when it is delivered again`, async (t) => {
    const login = linkedCredentials();
    const { server, start } = await world(t, { login });
    const alice = new Peer(ALICE);
    await alice.meet(ME, bundleOf(login));
    const hook = fileURLToPath(new URL('support/die-at-sync.mjs', import.meta.url));
    const dying = start({ node: ['--import', hook], env });
    await opened(dying);
    const node = await alice.write(ME, 'ALICE0000001', 'sealed words');
    server.send(node);
    assert.equal((await dying.exited).signal, 'SIGKILL');
    assert.ok(!dying.lines.some(({ ev }) => ev === 'message'));
    const receipts = () => server.nodes.filter(({ tag, attrs }) => tag === 'receipt' && attrs.id === 'ALICE0000001').length;
    if (env.DIE_BEFORE) await server.node(({ tag }) => tag === 'receipt');

    const bridge = start();
    await opened(bridge);
    const message = await bridge.event('message');
    assert.deepEqual([message.text, message.chat, message.encrypted], ['sealed words', ALICE, true]);
    const before = receipts();
    server.send({ ...node, attrs: { ...node.attrs, offline: '1' } });
    server.send(await alice.write(ME, 'ALICE0000002', 'more words'));
    await bridge.event('message', ({ text }) => text === 'more words');
    await server.node(() => receipts() > before);
    assert.equal(bridge.lines.filter(({ id }) => id === 'ALICE0000001').length, 1, 'told once');
  });
}

test('in a group: killed between the key of a member and the words, both are there when they come again', async (t) => {
  const login = linkedCredentials();
  const { server, start } = await world(t, { login });
  const alice = new Peer(ALICE);
  await alice.meet(ME, bundleOf(login));
  const group = '120363000000000001@g.us';
  const { node, key } = await alice.writeToGroup(group, 'ALICEGROUP01', 'to all');
  const senderKeyDistributionMessage = { groupId: group, axolotlSenderKeyDistributionMessage: key };
  const { content } = await alice.write(ME, 'ALICEGROUP01', '', { senderKeyDistributionMessage, conversation: undefined });
  node.content.unshift(...content);
  const hook = fileURLToPath(new URL('support/die-at-sync.mjs', import.meta.url));
  const dying = start({ node: ['--import', hook], env: { DIE_AT: 1 } });
  await opened(dying);
  server.send(node);
  assert.equal((await dying.exited).signal, 'SIGKILL');

  const bridge = start();
  await opened(bridge);
  server.send({ ...node, attrs: { ...node.attrs, offline: '1' } });
  const message = await bridge.event('message');
  assert.deepEqual([message.text, message.chat, message.from, message.is_group], ['to all', group, ALICE, true]);
  server.send((await alice.writeToGroup(group, 'ALICEGROUP02', 'again')).node);
  await bridge.event('message', ({ text }) => text === 'again');
});

test('to a group: a member reads it, also the first message after a restart, which carries the key again', async (t) => {
  const { server, start } = await world(t, { login: linkedCredentials() });
  const alice = new Peer(ALICE);
  const group = '120363000000000001@g.us';
  const directory = new Directory(server);
  directory.add(ALICE, '551112222@lid', new Map([[0, alice]]));
  directory.group(group, 'Group', [ALICE, ME]);
  const stanza = (id) => server.node(({ tag, attrs }) => tag === 'message' && attrs.id === id);
  const send = async (bridge, id, text) => {
    const answer = await bridge.ask('send', { jid: group, text, message_id: id });
    assert.ok(answer.ok, JSON.stringify(answer));
    const node = await stanza(id);
    const { extendedTextMessage } = await alice.readInGroup(node, ME.replace('@', ':1@'));
    assert.equal(extendedTextMessage.text, text);
    return node.content.some(({ tag }) => tag === 'participants');
  };
  const first = start();
  await opened(first);
  assert.equal(await send(first, '3EB0AAAAAAAAAAAAAA01', 'one'), true);
  assert.equal(await send(first, '3EB0AAAAAAAAAAAAAA02', 'two'), false, 'she has the key');
  await first.kill();
  const second = start();
  await opened(second);
  assert.equal(await send(second, '3EB0AAAAAAAAAAAAAA03', 'three'), true);
});

test('a refusal of WhatsApp after the send resolved is told with its code, and the silence of WhatsApp too', async (t) => {
  const { server, start } = await world(t, { login: linkedCredentials() });
  server.ack = () => ({ error: '463' });
  const bridge = start();
  await opened(bridge);
  const { result } = await bridge.ask('send', { jid: ME, text: 'note', message_id: '3EB0AAAAAAAAAAAAAAAA' });
  assert.equal(result.status, 'sent');
  const failed = await bridge.event('send_status', ({ status }) => status === 'failed');
  assert.equal(failed.error_code, '463');
  assert.ok((await bridge.ask('ping', { whatsapp: true })).ok);
  server.answers['w:p'] = () => undefined;
  assert.equal((await bridge.ask('ping', { whatsapp: true, deadline_ms: 500 })).error.code, 'silent');
});
