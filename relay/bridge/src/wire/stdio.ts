import fs from 'node:fs';

/**
 * Takes standard output for the protocol alone.
 *
 * Libraries of Baileys write logs, and whole Signal sessions with their private keys, through `console`, through
 * `process.stdout` and straight to file descriptor 1. After this call all of that is gone: console calls become one
 * plain line on standard error with every object dropped, and bytes from anybody else for descriptor 1 are thrown away.
 * It must run before Baileys is loaded.
 */
export function seizeStdout(): Output {
  const write = process.stdout.write.bind(process.stdout);
  let ours = false;
  const swallow = (..._: unknown[]): boolean => {
    const done = _.at(-1);
    if (typeof done === 'function') process.nextTick(done as () => void);
    return true;
  };
  process.stdout.write = swallow as typeof process.stdout.write;
  guardDescriptor(() => ours);
  for (const level of ['log', 'info', 'debug', 'warn', 'error', 'trace', 'dir', 'table', 'dirxml', 'group'] as const) {
    console[level] = (...args: unknown[]) => {
      if (level === 'warn' || level === 'error') note(args[0]);
    };
  }
  const output: Output = {
    write(line) {
      ours = true;
      try {
        return write(line);
      } finally {
        ours = false;
      }
    },
    onGone(gone) {
      process.stdout.on('error', gone);
    },
  };
  return output;
}

/** Standard output, as only the protocol may use it. */
export interface Output {
  /** Writes one line, its newline included. */
  write(line: string): boolean;
  /** Calls back when nobody reads any more. */
  onGone(gone: () => void): void;
}

/** Writes one line of the bridge's own words to standard error. */
export function say(text: string): void {
  process.stderr.write(`${text.replace(/[\u0000-\u001f\u007f]+/g, ' ')}\n`);
}

/** Writes a library's words to standard error: only text, one line, and what looks like a key cut out. */
export function note(text: unknown): void {
  if (typeof text === 'string' && text !== '') say(redacted(text));
}

/** One line of at most 500 characters, without long runs of base64 or hex digits. */
export function redacted(text: string): string {
  return text
    .slice(0, 2000)
    .replace(/[A-Za-z0-9+/_=-]{28,}/g, '[cut]')
    .replace(/(?:\d{1,3}, ?){15,}\d{0,3}/g, '[cut]')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .slice(0, 500);
}

/** Drops what anybody but the protocol writes to descriptor 1 with the calls of `node:fs`, as pino's writer does. */
function guardDescriptor(ours: () => boolean): void {
  const { write, writeSync, writev, writevSync } = fs;
  const length = (data: unknown): number =>
    typeof data === 'string' ? Buffer.byteLength(data) : ArrayBuffer.isView(data) ? data.byteLength : 0;
  const total = (list: unknown): number => (Array.isArray(list) ? list.reduce((sum, part) => sum + length(part), 0) : 0);
  const answer = (args: unknown[], count: number): void => {
    const done = args.at(-1);
    if (typeof done === 'function') process.nextTick(done as (...all: unknown[]) => void, null, count, args[1]);
  };
  const mine = (fd: unknown): boolean => fd === 1 && !ours();
  const guarded = {
    write: (...args: unknown[]) =>
      mine(args[0]) ? answer(args, length(args[1])) : (write as (...all: unknown[]) => void)(...args),
    writev: (...args: unknown[]) =>
      mine(args[0]) ? answer(args, total(args[1])) : (writev as (...all: unknown[]) => void)(...args),
    writeSync: (...args: unknown[]) =>
      mine(args[0]) ? length(args[1]) : (writeSync as (...all: unknown[]) => number)(...args),
    writevSync: (...args: unknown[]) =>
      mine(args[0]) ? total(args[1]) : (writevSync as (...all: unknown[]) => number)(...args),
  };
  Object.assign(fs, guarded);
}
