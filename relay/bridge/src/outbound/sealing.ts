import { AsyncResource } from 'node:async_hooks';
import type { SocketConfig } from '@whiskeysockets/baileys';

type MakeRepository = SocketConfig['makeSignalRepository'];

/** Made while no transaction is open, so that what runs in it takes part in none. */
const outside = new AsyncResource('clawline.outside-of-transactions');

/**
 * Baileys' repository, which commits the keys of a message before its stanza leaves.
 *
 * Baileys encrypts inside one large transaction that is committed after the stanza was sent: killed in between, the
 * same keys would seal the next message too. Here every encryption is a commit of its own.
 */
export function sealFirst(make: MakeRepository): MakeRepository {
  return (auth, logger, pnToLid) => {
    const inner = make(auth, logger, pnToLid);
    return {
      ...inner,
      close: () => inner.close?.(),
      injectE2ESession: (opts) => outside.runInAsyncScope(() => inner.injectE2ESession(opts)),
      encryptMessage: (opts) => outside.runInAsyncScope(() => inner.encryptMessage(opts)),
      encryptGroupMessage: (opts) => outside.runInAsyncScope(() => inner.encryptGroupMessage(opts)),
    };
  };
}
