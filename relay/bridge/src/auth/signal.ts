import { AsyncResource } from 'node:async_hooks';
import type { SignalDataSet, SignalKeyStoreWithTransaction, SocketConfig } from '@whiskeysockets/baileys';

type MakeRepository = SocketConfig['makeSignalRepository'];
type Repository = ReturnType<MakeRepository>;

/** Made while no transaction is open, so that what runs in it takes part in none. */
const outside = new AsyncResource('clawline.outside-of-transactions');

/** What reads or changes Signal's keys. */
const OPERATIONS = [
  'decryptMessage',
  'decryptGroupMessage',
  'processSenderKeyDistributionMessage',
  'encryptMessage',
  'encryptGroupMessage',
  'getSenderKeyDistributionMessage',
  'hasSenderKey',
  'injectE2ESession',
  'validateSession',
  'getSessionInfo',
  'migrateSession',
  'deleteSession',
] as const satisfies readonly (keyof Repository)[];

/** The sessions with one device, by their names, as libsignal writes them down. */
interface Sessions {
  _sessions: Record<string, { indexInfo: { used: number } }>;
}

/**
 * Baileys' repository, in which one operation ends, and is on disk, before the next begins.
 *
 * Baileys has two faults here. It encrypts inside one large transaction that is committed after the stanza was sent:
 * killed in between, the same keys would seal the next message too. And its locks have the name by which somebody was
 * called, though a number and its LID are one session: who writes while a message of theirs is read loses a step of the
 * session, and from then on one side cannot read the other.
 */
export function inOrder(make: MakeRepository): MakeRepository {
  return (auth, logger, pnToLid) => {
    let isReading = false;
    const set = async (data: SignalDataSet) => auth.keys.set(isReading ? await withoutTries(keys, data) : data);
    const keys = auth.keys as SignalKeyStoreWithTransaction;
    const inner = make({ ...auth, keys: { ...keys, set } as SignalKeyStoreWithTransaction }, logger, pnToLid);
    let last: Promise<unknown> = Promise.resolve();
    const after = <T>(work: () => Promise<T>): Promise<T> => {
      const next = last.then(() => outside.runInAsyncScope(work));
      last = next.catch(() => undefined);
      return next;
    };
    const ordered = OPERATIONS.map((name) => {
      const operation = inner[name] as (...given: unknown[]) => Promise<unknown>;
      const run = (given: unknown[]) => {
        isReading = name === 'decryptMessage' && (given[0] as { type: string }).type === 'msg';
        return operation.apply(inner, given);
      };
      return [name, (...given: unknown[]) => after(() => run(given))];
    });
    return { ...inner, close: () => inner.close?.(), ...(Object.fromEntries(ordered) as Partial<Repository>) };
  };
}

/**
 * What a message that was read changes, without what was only tried.
 *
 * libsignal tries one session after the other. A try turns the keys of a session before it finds that the message is
 * not of it, and all are written down with the one that fitted: nobody could read what that session sends from then on.
 */
async function withoutTries(keys: SignalKeyStoreWithTransaction, data: SignalDataSet): Promise<SignalDataSet> {
  const all = data.session ?? {};
  const known = (await keys.get('session', Object.keys(all))) as unknown as Record<string, Sessions | undefined>;
  const session = Object.entries(all).map(([address, after]) => {
    const before = known[address];
    return [address, before && after ? fitting(before, after as unknown as Sessions) : after];
  });
  return { ...data, session: Object.fromEntries(session) as SignalDataSet['session'] };
}

/** The one that fitted is as it is now, the others are as they were. */
function fitting(before: Sessions, after: Sessions): Sessions {
  const isUsed = (name: string) => before._sessions[name]?.indexInfo.used !== after._sessions[name]?.indexInfo.used;
  const names = Object.keys(after._sessions);
  // Used twice in one millisecond: which one it is cannot be told.
  if (!names.some(isUsed)) return after;
  const sessions = names.map((name) => [name, (isUsed(name) ? after : before)._sessions[name]]);
  return { ...after, _sessions: Object.fromEntries(sessions) as Sessions['_sessions'] };
}
