import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Refused } from './wire/refused.js';
import { type Output, note, say, seizeStdout } from './wire/stdio.js';

/** How long the end may take, in milliseconds. */
const END_MS = 10_000;
/** What this process ends with when it could not start, or could not go on. */
const COULD_NOT_START = 2;
const COULD_NOT_GO_ON = 3;

/** A file that only the tests of the bridge put beside it: it allows another server, and names the key that one signs with. */
const TEST_SERVER_ALLOWED = fileURLToPath(new URL('test-server-allowed', import.meta.url));

process.umask(0o077);
const output = seizeStdout();
output.onGone(() => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => process.stdin.destroy());
process.stdin.once('close', () => setTimeout(() => process.exit(0), END_MS).unref());
process.on('uncaughtException', (error) => fatal(output, error, COULD_NOT_GO_ON));
// Baileys leaves promises to themselves; what one of them could not do is no reason to end.
process.on('unhandledRejection', (error) => note(error instanceof Error ? `left undone: ${error.message}` : 'left undone'));

try {
  const { folder, locks, server, compat } = argumentsOf();
  const { takeProxy } = await import('./wire/proxy.js');
  const agent = takeProxy();
  // Baileys is loaded here, after standard output is out of its reach.
  const { trustRoot, verifySignatures } = await import('./auth/verify.js');
  verifySignatures();
  if (server) trustRoot(readFileSync(TEST_SERVER_ALLOWED, 'utf8').trim());
  const failed = (error: Error): void => fatal(output, error, COULD_NOT_GO_ON);
  const settings = { folder, locks, server, agent, write: (line: string) => void output.write(line), failed };
  const { serve } = compat ? await import('./compat.js') : await import('./serve.js');
  await serve(settings, process.stdin);
  process.exit(0);
} catch (error) {
  fatal(output, error, COULD_NOT_START);
}

function argumentsOf(): { folder: string; locks?: string; server?: string; compat: boolean } {
  const text = { type: 'string' } as const;
  const options = { 'auth-dir': text, locks: text, 'test-server': text, compat: { type: 'boolean' } } as const;
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new Refused('bad_arguments', (error as Error).message);
  }
  const { 'auth-dir': folder, locks, 'test-server': server, compat = false } = values;
  if (!folder) throw new Refused('bad_arguments', 'name the folder of the account: --auth-dir DIR');
  if (server && !existsSync(TEST_SERVER_ALLOWED)) {
    throw new Refused('bad_arguments', '--test-server is for tests of this bridge only');
  }
  return { folder: resolve(folder), locks, server, compat };
}

function fatal(out: Output, error: unknown, code: number): never {
  const known = error instanceof Refused ? error.code : (error as NodeJS.ErrnoException | undefined)?.code;
  const message = error instanceof Error ? error.message : 'no reason';
  say(`the bridge ends: ${message}`);
  out.write(`${JSON.stringify({ ev: 'fatal', seq: 0, ts: Date.now(), code: known ?? 'internal', message: message.slice(0, 500) })}\n`);
  process.exit(code);
}
