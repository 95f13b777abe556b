import { writeSync } from 'node:fs';
import { BufferJSON, DEFAULT_CONNECTION_CONFIG } from '@whiskeysockets/baileys';
import { keysIn } from '../../dist/auth/keys.js';
import { Store } from '../../dist/disk/store.js';
import { KeptMessages } from '../../dist/inbound/kept.js';
import { SILENT, transactional } from './signal.mjs';

/** The bridge's own side of Signal over a store on disk. */
export function receiver(path, creds) {
  const store = Store.open(path);
  const kept = new KeptMessages(store);
  const keys = transactional(keysIn(store));
  const repository = kept.wrap(DEFAULT_CONNECTION_CONFIG.makeSignalRepository)({ creds, keys }, SILENT, async () => []);
  const decrypt = (node) => {
    kept.arrived(node);
    const [{ attrs, content }] = node.content;
    if (attrs.type === 'skmsg') {
      return repository.decryptGroupMessage({ group: node.attrs.from, authorJid: node.attrs.participant, msg: content });
    }
    return repository.decryptMessage({ jid: node.attrs.from, type: attrs.type, ciphertext: content });
  };
  return { store, kept, keys, repository, decrypt };
}

/** Run as a process of its own: decrypts one stanza and is gone before anybody hears of it. */
if (process.argv[2] === 'decrypt-and-die') {
  const { path, creds, node } = JSON.parse(process.argv[3], BufferJSON.reviver);
  await receiver(path, creds).decrypt(node);
  writeSync(1, 'decrypted');
  process.kill(process.pid, 'SIGKILL');
}
