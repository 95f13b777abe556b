import type { SocketConfig } from '@whiskeysockets/baileys';
import { note } from './stdio.js';

type Logger = SocketConfig['logger'];

/**
 * The logger that Baileys gets: warnings and errors as one line of text on standard error. The objects that come with
 * them hold keys and messages and are dropped; of an error its message stays.
 */
export function quietLogger(): Logger {
  const loud = (obj: unknown, msg?: string): void => {
    const { err, error = err } = (typeof obj === 'object' && obj !== null ? obj : {}) as { err?: unknown; error?: unknown };
    const reason = error instanceof Error ? error.message : undefined;
    note([typeof obj === 'string' ? obj : msg, reason].filter(Boolean).join(': '));
  };
  const silent = (): void => undefined;
  const logger: Logger = { level: 'warn', child: () => logger, trace: silent, debug: silent, info: silent, warn: loud, error: loud };
  return logger;
}
