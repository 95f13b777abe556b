import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Store } from '../dist/disk/store.js';
import { Journal } from '../dist/wire/journal.js';
import { MAX_LINE_BYTES } from '../dist/wire/lines.js';
import { folderFor } from './support/bridge.mjs';

function journal(path) {
  const lines = [];
  const store = Store.open(path);
  const made = new Journal(store, (line) => lines.push(JSON.parse(line)), (error) => assert.fail(error), () => 1000);
  return { made, lines, store };
}

test('numbers only grow, also over a restart, and lines leave in their order', async (t) => {
  const path = join(folderFor(), 'store');
  const first = journal(path);
  first.made.tell({ ev: 'ready' });
  void first.made.keep({ ev: 'message', id: 'A' });
  first.made.tell({ ev: 'state' });
  await first.made.flushed();
  assert.deepEqual(first.lines.map(({ ev }) => ev), ['ready', 'message', 'state']);
  first.store.close();
  const second = journal(path);
  second.made.tell({ ev: 'ready' });
  await second.made.flushed();
  const seqs = [...first.lines, ...second.lines].map(({ seq }) => seq);
  assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  assert.equal(new Set(seqs).size, seqs.length);
});

test('what is not acknowledged is told again as it was, before anything new; what is, is not', async (t) => {
  const path = join(folderFor(), 'store');
  const first = journal(path);
  for (const id of ['A', 'B', 'C']) await first.made.keep({ ev: 'message', id });
  await first.made.flushed();
  assert.equal(await first.made.acknowledge(first.lines[0].seq), 1);
  first.store.close();
  const second = journal(path);
  assert.equal(second.made.replay(), 2);
  second.made.tell({ ev: 'state' });
  await second.made.flushed();
  assert.deepEqual(second.lines.map(({ ev, id, again }) => [ev, id, again]), [
    ['message', 'B', true],
    ['message', 'C', true],
    ['state', undefined, undefined],
  ]);
  assert.deepEqual(second.lines.slice(0, 2).map(({ seq }) => seq), first.lines.slice(1).map(({ seq }) => seq));
  await second.made.acknowledge(second.lines[1].seq);
  second.store.close();
  assert.equal(journal(path).made.replay(), 0);
});

test('an event longer than a line is cut and says so; it is never dropped', async (t) => {
  const { made, lines } = journal(join(folderFor(), 'store'));
  await made.keep({ ev: 'message', id: 'A', text: 'x'.repeat(2 * MAX_LINE_BYTES) });
  await made.flushed();
  assert.equal(lines[0].id, 'A');
  assert.equal(lines[0].cut, true);
  assert.ok(lines[0].text.startsWith('xxx'));
});

test('a journal that nobody acknowledges says that it is full', async (t) => {
  const { made } = journal(join(folderFor(), 'store'));
  assert.equal(made.full, false);
  const text = 'x'.repeat(1_000_000);
  for (let n = 0; n < 68; n += 1) await made.keep({ ev: 'history', text });
  assert.equal(made.full, true);
  await made.acknowledge(Number.MAX_SAFE_INTEGER);
  assert.equal(made.full, false);
});
