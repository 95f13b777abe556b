import { AsyncResource } from 'node:async_hooks';
import type { SocketConfig } from '@whiskeysockets/baileys';

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
    const inner = make(auth, logger, pnToLid);
    let last: Promise<unknown> = Promise.resolve();
    const after = <T>(work: () => Promise<T>): Promise<T> => {
      const next = last.then(() => outside.runInAsyncScope(work));
      last = next.catch(() => undefined);
      return next;
    };
    const ordered = OPERATIONS.map((name) => {
      const operation = inner[name] as (...given: unknown[]) => Promise<unknown>;
      return [name, (...given: unknown[]) => after(() => operation.apply(inner, given))];
    });
    return { ...inner, close: () => inner.close?.(), ...(Object.fromEntries(ordered) as Partial<Repository>) };
  };
}
