import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader, MAX_LINE_BYTES, lineOf } from '../dist/wire/lines.js';

const bytes = (text) => Buffer.from(text);

test('a line is whole however it was cut, also inside a letter', () => {
  const reader = new LineReader();
  const all = bytes('{"a":"grüße 👋"}\n{"b":1}\n');
  const found = [];
  for (const byte of all) found.push(...reader.push(Buffer.from([byte])));
  assert.deepEqual(found, [{ text: '{"a":"grüße 👋"}' }, { text: '{"b":1}' }]);
});

test('several lines come in one piece; empty ones are skipped', () => {
  assert.deepEqual(new LineReader().push(bytes('one\r\n\n  \ntwo\n')), [{ text: 'one' }, { text: 'two' }]);
});

test('a line of exactly the limit passes; a longer one is counted, dropped, and the next one is whole', () => {
  const reader = new LineReader(8);
  assert.deepEqual(reader.push(bytes('12345678\n')), [{ text: '12345678' }]);
  assert.deepEqual(reader.push(bytes('123456')), []);
  assert.deepEqual(reader.push(bytes('789abc')), []);
  assert.deepEqual(reader.push(bytes('def\nnext\n')), [{ tooLong: 15 }, { text: 'next' }]);
});

test('the torn end of a stream is never handed on', () => {
  assert.deepEqual(new LineReader().push(bytes('{"cmd":"sto')), []);
});

test('a value too long for a line gives none', () => {
  assert.equal(lineOf({ text: 'x'.repeat(MAX_LINE_BYTES) }), undefined);
  assert.equal(lineOf({ a: 1 }), '{"a":1}\n');
});
