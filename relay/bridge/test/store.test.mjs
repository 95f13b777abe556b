import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync, fsyncSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Store, StoreDamaged } from '../dist/disk/store.js';
import { replaceFile } from '../dist/disk/durable.js';
import { folderFor } from './support/bridge.mjs';

/** A disk with room for so many bytes. */
const small = (room) => ({
  write(fd, data) {
    const part = data.subarray(0, room);
    if (part.length === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    room -= part.length;
    return writeSync(fd, part);
  },
  sync: fsyncSync,
});

test('what was committed is there after the next start, and what was taken away is not', async (t) => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  await store.commit([['session', 'a', '1'], ['session', 'b', '2']]);
  await store.commit([['session', 'a', null], ['pre-key', '7', '{"x":"\\n"}']]);
  store.close();
  const again = Store.open(path);
  assert.deepEqual(again.entries('session'), [['b', '2']]);
  assert.equal(again.get('pre-key', '7'), '{"x":"\\n"}');
});

test('at every byte where a crash may cut the file, whole commits are there and half ones are not', async (t) => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  const ends = [];
  for (const n of [1, 2, 3]) {
    await store.commit([['t', 'a', String(n)], ['t', 'b', String(n)]]);
    ends.push(statSync(path).size);
  }
  store.close();
  const whole = readFileSync(path);
  for (let size = 0; size <= whole.length; size += 1) {
    writeFileSync(path, whole.subarray(0, size));
    const cut = Store.open(path);
    const n = ends.filter((end) => end <= size).length;
    assert.equal(cut.get('t', 'a'), n === 0 ? undefined : String(n), `cut at ${size}`);
    assert.equal(cut.get('t', 'b'), cut.get('t', 'a'));
    await cut.commit([['t', 'after', '1']]);
    cut.close();
    assert.equal(Store.open(path).get('t', 'after'), '1', 'a commit after the cut is kept');
  }
});

test('damage before the last line is refused, and the file stays as it was', async (t) => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  await store.commit([['t', 'a', '111111']]);
  await store.commit([['t', 'a', '222222']]);
  store.close();
  const damaged = readFileSync(path);
  damaged[30] ^= 1;
  writeFileSync(path, damaged);
  assert.throws(() => Store.open(path), StoreDamaged);
  assert.deepEqual(readFileSync(path), damaged);
});

test('a full disk: the commit fails, nothing more is taken, and the next start has everything before', async (t) => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path, small(150));
  const told = [];
  store.whenBroken = (error) => told.push(error.code);
  await store.commit([['t', 'a', '1']]);
  await assert.rejects(store.commit([['t', 'a', 'x'.repeat(500)]]), /ENOSPC/);
  await assert.rejects(store.commit([['t', 'b', '1']]), /ENOSPC/);
  assert.deepEqual(told, ['ENOSPC'], 'told once');
  const again = Store.open(path);
  assert.deepEqual(again.entries('t'), [['a', '1']]);
});

test('a full disk leaves the old file in place of a half new one', (t) => {
  const path = join(folderFor(), 'creds.json');
  replaceFile(path, Buffer.from('old'));
  assert.throws(() => replaceFile(path, Buffer.from('new '.repeat(100)), small(10)), /ENOSPC/);
  assert.equal(readFileSync(path, 'utf8'), 'old');
});

test('the file does not only grow', async (t) => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  const big = JSON.stringify('x'.repeat(100_000));
  for (let n = 0; n < 100; n += 1) await store.commit([['session', 'a', big], ['t', String(n), '1']]);
  assert.ok(statSync(path).size < 6_000_000, `${statSync(path).size} bytes`);
  store.close();
  const again = Store.open(path);
  assert.equal(again.get('session', 'a'), big);
  assert.equal(again.size('t'), 100);
});

test('foreign bytes at the end are cut off like a torn line', async (t) => {
  const path = join(folderFor(), 'store');
  const store = Store.open(path);
  await store.commit([['t', 'a', '1']]);
  store.close();
  const size = statSync(path).size;
  appendFileSync(path, '\0\0\0\0garbage\n');
  assert.equal(Store.open(path).get('t', 'a'), '1');
  assert.equal(statSync(path).size, size);
  truncateSync(path, 0);
  assert.equal(Store.open(path).size('t'), 0);
});
