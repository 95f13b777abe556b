import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { Store } from '../../dist/disk/store.js';
import { Journal } from '../../dist/wire/journal.js';
import { folderFor } from './bridge.mjs';

/** A journal in a folder of its own, and the lines it wrote. */
export function journalFor(t) {
  const path = join(folderFor(), 'store');
  const lines = [];
  const store = Store.open(path);
  const journal = new Journal(store, (line) => lines.push(JSON.parse(line)), (error) => assert.fail(error));
  return { path, store, journal, lines };
}

/** A socket that records what is called on it; each call is answered by `answers`. */
export function fakeSocket(answers = {}) {
  const calls = [];
  const ws = new EventEmitter();
  const sock = new Proxy({ ws, user: { id: '15550000000:1@s.whatsapp.net' } }, {
    get(target, name) {
      if (name in target) return target[name];
      return async (...args) => {
        calls.push([name, ...args]);
        return answers[name]?.(...args);
      };
    },
  });
  return { sock, ws, calls, open: { sock, logger: undefined, check() {} } };
}
