import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encryptedStream, proto } from '@whiskeysockets/baileys';
import { fetchMedia } from '../dist/inbound/files.js';
import { folderFor } from './support/bridge.mjs';
import { fakeSocket, journalFor } from './support/fakes.mjs';
import { SILENT } from './support/signal.mjs';

const ALICE = '15551112222@s.whatsapp.net';
const OLD = '/v/old';
const NEW = '/v/new';
const words = Buffer.from('picture '.repeat(5000));

/** A message with a file of Alice's, and a WhatsApp that has it under NEW only. */
async function withFile(t, { answers = {}, served, changed = {}, beside = {} } = {}) {
  const { store } = journalFor(t);
  const folder = folderFor();
  const made = await encryptedStream(words, 'image', { logger: SILENT });
  const sealed = readFileSync(made.encFilePath);
  const imageMessage = { directPath: OLD, url: '', mediaKey: made.mediaKey, fileSha256: made.fileSha256, ...changed };
  const content = Buffer.from(proto.Message.encode({ imageMessage, ...beside }).finish()).toString('base64');
  await store.commit([['media', `${ALICE} ALICE0000001`, JSON.stringify({ key: { remoteJid: ALICE, id: 'ALICE0000001' }, content })]]);
  const asked = [];
  t.mock.method(globalThis, 'fetch', async (url) => {
    const { host, pathname } = new URL(url);
    asked.push(host === 'mmg.whatsapp.net' ? pathname : url);
    return (served ?? ((path) => (path === NEW ? new Response(sealed) : new Response('', { status: 404 }))))(pathname, sealed);
  });
  const fake = fakeSocket({
    updateMediaMessage(message) {
      message.message.imageMessage.directPath = NEW;
      return message;
    },
    ...answers,
  });
  const path = join(folder, 'picture');
  const fetchIt = (max = 1_000_000) => fetchMedia(fake.open, store, ALICE, 'ALICE0000001', path, max);
  return { ...fake, asked, path, folder, fetchIt };
}

for (const status of [404, 410]) {
  test(`a file that WhatsApp no longer has (${status}) is asked for from the phone, once`, async (t) => {
    const served = (path, sealed) => (path === NEW ? new Response(sealed) : new Response('', { status }));
    const { fetchIt, asked, calls, path } = await withFile(t, { served });
    assert.equal(await fetchIt(), words.length);
    assert.deepEqual(readFileSync(path), words);
    assert.deepEqual(asked, [OLD, NEW]);
    assert.deepEqual(calls.map(([name]) => name), ['updateMediaMessage']);
  });
}

test('a phone that has it no longer either: the file is gone, and the reason says so', async (t) => {
  const { fetchIt, folder } = await withFile(t, { answers: { updateMediaMessage: () => Promise.reject(new Error('NOT_FOUND')) } });
  await assert.rejects(fetchIt(), { code: 'media_gone' });
  assert.deepEqual(readdirSync(folder), []);
});

test('another failure asks the phone for nothing and may be tried again', async (t) => {
  const { fetchIt, calls } = await withFile(t, { served: () => new Response('', { status: 503 }) });
  await assert.rejects(fetchIt(), { code: 'media_failed', retryable: true });
  assert.deepEqual(calls, []);
});

test('a file that is larger than allowed, whatever it claimed, or that is another one, leaves nothing behind', async (t) => {
  const served = (_, sealed) => new Response(sealed);
  const large = await withFile(t, { served, changed: { fileLength: 3 } });
  await assert.rejects(large.fetchIt(1000), { code: 'too_large' });
  assert.ok(!existsSync(large.path));
  t.mock.restoreAll();
  const other = await withFile(t, { served, changed: { fileSha256: Buffer.alloc(32, 1) } });
  await assert.rejects(other.fetchIt(), { code: 'media_damaged' });
  assert.deepEqual(readdirSync(other.folder), []);
});

test('a file is fetched from WhatsApp alone, whatever its sender says', async (t) => {
  const served = (_, sealed) => new Response(sealed);
  const led = await withFile(t, { served, changed: { url: `https://192.0.2.1:8443${OLD}` } });
  assert.equal(await led.fetchIt(), words.length);
  assert.deepEqual(led.asked, [OLD], 'the path is at WhatsApp');
  const elsewhere = [
    { directPath: '', url: 'https://192.0.2.1/v/old' },
    { directPath: '', url: 'http://mmg.whatsapp.net/v/old' },
    { directPath: '', url: 'https://whatsapp.net.example/v/old' },
    { directPath: '@192.0.2.1/v/old' },
    { directPath: '.example/v/old' },
    { directPath: ':x@192.0.2.1/v/old' },
  ];
  for (const changed of elsewhere) {
    t.mock.restoreAll();
    const { fetchIt, asked, folder } = await withFile(t, { served, changed });
    await assert.rejects(fetchIt(), { code: 'media_elsewhere' }, JSON.stringify(changed));
    assert.deepEqual([asked, readdirSync(folder)], [[], []]);
  }
});

test('what stands beside the file that was told of is not fetched in its place', async (t) => {
  const served = (_, sealed) => new Response(sealed);
  const evil = { url: 'https://192.0.2.1/v/old', directPath: '@192.0.2.1/v/old', mediaKey: Buffer.alloc(32, 1) };
  for (const beside of [
    { buttonsMessage: { imageMessage: evil } },
    { templateMessage: { hydratedTemplate: { imageMessage: evil } } },
    { viewOnceMessage: { message: { imageMessage: evil } } },
    { extendedTextMessage: { text: 'x', thumbnailDirectPath: '@192.0.2.1/v/old', mediaKey: evil.mediaKey } },
    { documentMessage: evil },
  ]) {
    t.mock.restoreAll();
    const { fetchIt, asked } = await withFile(t, { served, beside });
    assert.equal(await fetchIt(), words.length, JSON.stringify(beside));
    assert.deepEqual(asked, [OLD]);
  }
});
