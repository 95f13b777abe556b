import {
  BufferJSON,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  proto,
} from '@whiskeysockets/baileys';
import type { Change, Store } from '../disk/store.js';

/** The tables of keys: what a linked device is made of, beside its credentials. */
export const KEY_TABLES = [
  'pre-key',
  'session',
  'sender-key',
  'sender-key-memory',
  'app-state-sync-key',
  'app-state-sync-version',
  'lid-mapping',
  'device-list',
  'tctoken',
  'identity-key',
] as const satisfies readonly (keyof SignalDataTypeMap)[];

/**
 * How many pre-keys are kept. WhatsApp hands them out in the order of their numbers and holds at most 812 at a time; the
 * lowest numbers beyond this have been used or were replaced long ago. Age says nothing: one that waits for a year is
 * still good.
 */
export const MOST_PRE_KEYS = 3000;

/**
 * Baileys' keys in the store. What one transaction of Baileys changes is one commit: all of it is on disk, or nothing.
 * Tables of our own may be part of it (see `inbound/kept.ts`).
 */
export function keysIn(store: Store): SignalKeyStore {
  return {
    get(type, ids) {
      const found: { [id: string]: SignalDataTypeMap[typeof type] } = {};
      for (const id of ids) {
        const text = store.get(type, id);
        if (text !== undefined) found[id] = valueOf(type, text);
      }
      return found;
    },
    set(data) {
      const changes = changesOf(data);
      const fresh = Object.values(data['pre-key'] ?? {}).filter(Boolean).length;
      if (fresh > 0) changes.unshift(...surplus(store, fresh));
      return store.commit(changes);
    },
  };
}

/** A value of Baileys as JSON text. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, BufferJSON.replacer);
}

function valueOf<T extends keyof SignalDataTypeMap>(type: T, text: string): SignalDataTypeMap[T] {
  const value = JSON.parse(text, BufferJSON.reviver) as SignalDataTypeMap[T];
  if (type !== 'app-state-sync-key') return value;
  return proto.Message.AppStateSyncKeyData.fromObject(value as object) as unknown as SignalDataTypeMap[T];
}

function changesOf(data: SignalDataSet): Change[] {
  const changes: Change[] = [];
  for (const [table, entries] of Object.entries(data)) {
    for (const [key, value] of Object.entries(entries ?? {})) {
      changes.push([table, key, value === null || value === undefined ? null : textOf(value)]);
    }
  }
  return changes;
}

function surplus(store: Store, fresh: number): Change[] {
  const over = store.size('pre-key') + fresh - MOST_PRE_KEYS;
  if (over <= 0) return [];
  const ids = store.entries('pre-key').map(([id]) => Number(id));
  return ids
    .sort((a, b) => a - b)
    .slice(0, over)
    .map((id): Change => ['pre-key', String(id), null]);
}
