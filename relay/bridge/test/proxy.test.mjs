import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { testBuild } from './support/bridge.mjs';
import { Authority } from './support/noise.mjs';
import { Server } from './support/server.mjs';
import { Peer, bundleOf } from './support/signal.mjs';
import { certificateFor } from './support/tls.mjs';
import { ME, linkedCredentials } from './support/whatsapp.mjs';
import { account, opened, state } from './support/world.mjs';

const authority = new Authority();
const main = testBuild(authority.trusted);
const ALICE = '15551112222@s.whatsapp.net';
const UPLOADS = 'uploads.whatsapp.example';
const DOWNLOADS = 'mmg.whatsapp.net';

async function listening(t, server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server.address().port;
}

/** A proxy that notes where it is asked to lead; hosts of these names are at ports of this machine. */
async function proxy(t, places = {}) {
  const asked = [];
  const server = http.createServer((_, answer) => answer.writeHead(405).end());
  server.on('connect', ({ url, headers }, socket, head) => {
    const [host, port] = url.split(':');
    asked.push({ host, port: Number(port), word: headers['proxy-authorization'] });
    const onward = net.connect(places[host] ?? port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const one of [socket, onward]) {
      one.on('error', () => {});
      one.on('close', () => [socket, onward].forEach((both) => both.destroy()));
    }
    t.after(() => socket.destroy());
  });
  return { asked, port: await listening(t, server) };
}

/** Where files are: what was sent to a path is to be had there. */
async function files(t, tls) {
  const kept = new Map();
  const server = https.createServer(tls, async (request, answer) => {
    const path = request.url.split('?')[0];
    if (request.method === 'POST') {
      kept.set(path, Buffer.concat(await request.toArray()));
      answer.end(JSON.stringify({ url: `https://${DOWNLOADS}${path}`, direct_path: path }));
    } else answer.end(kept.get(path));
  });
  return listening(t, server);
}

test('the socket, a file that goes and a file that comes all take the proxy, and trust whom the environment names', async (t) => {
  const login = linkedCredentials();
  const { home, start } = account(t, main, login);
  const server = await Server.start(t, authority);
  const tls = certificateFor(UPLOADS, DOWNLOADS);
  const place = await files(t, tls);
  const { asked, port } = await proxy(t, { [UPLOADS]: place, [DOWNLOADS]: place });
  writeFileSync(join(home, 'authority.pem'), tls.cert);
  const host = { tag: 'host', attrs: { hostname: UPLOADS, maxContentLengthBytes: '1000000' } };
  server.answers['w:m'] = () => [{ tag: 'media_conn', attrs: { auth: 'a', ttl: '3600' }, content: [host] }];
  const device = { tag: 'device-list', attrs: {}, content: [{ tag: 'device', attrs: { id: '0' } }] };
  const user = { tag: 'user', attrs: { jid: ALICE }, content: [{ tag: 'devices', attrs: {}, content: [device] }] };
  const found = [{ tag: 'result', attrs: {} }, { tag: 'list', attrs: {}, content: [user] }];
  server.answers.usync = () => [{ tag: 'usync', attrs: {}, content: found }];

  const env = { HTTPS_PROXY: `http://me:word@127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: join(home, 'authority.pem') };
  const bridge = start(server.url, { env });
  await opened(bridge);
  const word = `Basic ${Buffer.from('me:word').toString('base64')}`;
  assert.deepEqual(asked.splice(0), [{ host: '127.0.0.1', port: Number(new URL(server.url).port), word }]);

  const alice = new Peer(ALICE);
  await alice.meet(ME, bundleOf(login));
  server.deliver(await alice.write(ME, 'ALICE0000001', 'hello'));
  await bridge.event('message');
  writeFileSync(join(home, 'picture'), 'all of a picture');
  const id = '3EB0AAAAAAAAAAAAAAAA';
  const media = { path: join(home, 'picture'), mime: 'image/png' };
  const sent = await bridge.ask('send', { jid: ALICE, kind: 'image', media, message_id: id });
  assert.ok(sent.ok, JSON.stringify(sent));
  assert.deepEqual(asked.splice(0), [{ host: UPLOADS, port: 443, word }]);

  const stanza = await server.node(({ tag, attrs }) => tag === 'message' && attrs.id === id);
  const { imageMessage } = await alice.read(stanza, ME);
  server.deliver(await alice.write(ME, 'ALICE0000002', undefined, { conversation: undefined, imageMessage }));
  await bridge.event('message', ({ kind }) => kind === 'image');
  const path = join(home, 'came');
  const fetched = await bridge.ask('media_fetch', { chat: ALICE, message_id: 'ALICE0000002', path });
  assert.ok(fetched.ok, JSON.stringify(fetched));
  assert.equal(readFileSync(path, 'utf8'), 'all of a picture');
  assert.deepEqual(asked.splice(0), [{ host: DOWNLOADS, port: 443, word }]);
  assert.ok(!bridge.stdout.includes('word@') && !bridge.errors.includes('word@'));
});

test('hosts that the environment excepts are reached directly', async (t) => {
  const { start } = account(t, main, linkedCredentials());
  const server = await Server.start(t, authority);
  const { asked, port } = await proxy(t);
  const bridge = start(server.url, { env: { HTTPS_PROXY: `127.0.0.1:${port}`, NO_PROXY: 'example.com, 127.0.0.1' } });
  await opened(bridge);
  assert.deepEqual(asked, []);
});

test('a proxy that leads nowhere closes the connection, and what is no proxy is said without its word', async (t) => {
  const { start } = account(t, main, linkedCredentials());
  const server = await Server.start(t, authority);
  const refusing = http.createServer();
  refusing.on('connect', (_, socket) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'));
  const bridge = start(server.url, { env: { https_proxy: `http://127.0.0.1:${await listening(t, refusing)}` } });
  await bridge.event('ready');
  await bridge.ask('start');
  const { code, reason } = await state(bridge, 'closed');
  assert.deepEqual([code, reason], [408, 'lost']);
  assert.match(bridge.errors, /a proxy on the way, answers with status 407 of HTTP/);
  assert.equal(server.sockets, 0);
  await bridge.kill();
  for (const odd of ['socks5://me:word@127.0.0.1:1', 'http://me:word@']) {
    const { code, message } = await start(server.url, { env: { HTTPS_PROXY: odd } }).event('fatal');
    assert.equal(code, 'bad_arguments');
    assert.match(message, /^HTTPS_PROXY names no proxy: write it as http:\/\/HOST:PORT$/);
  }
});
