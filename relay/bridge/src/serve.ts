import { Bridge, type Settings } from './bridge.js';
import { obey } from './commands.js';
import { VERSIONS } from './versions.js';
import { type Fields, isFields } from './wire/fields.js';
import { type Line, LineReader, lineOf, untilClosed } from './wire/lines.js';
import { Refused } from './wire/refused.js';
import { say } from './wire/stdio.js';

/** How many commands may be under way at once. */
const MOST_UNDER_WAY = 256;

type Answer = { id: string | number | null } & ({ ok: true; result: object } | { ok: false; error: object });

/** Speaks version 1 of the protocol until standard input ends. */
export async function serve(settings: Settings, input: NodeJS.ReadableStream): Promise<void> {
  const bridge = await Bridge.open(settings, (opened) => {
    opened.journal.tell({ ev: 'ready', ...VERSIONS, linked: opened.account.credentials.linked, me: opened.me() });
  });
  const write = (answer: Answer): void => {
    const error = { code: 'too_large', message: 'the answer is longer than a line', retryable: false };
    settings.write(lineOf(answer) ?? `${JSON.stringify({ id: answer.id, ok: false, error })}\n`);
  };
  const reader = new LineReader();
  let underWay = 0;
  const take = async (line: Line): Promise<void> => {
    const { id, cmd, from } = read(line);
    try {
      if (underWay >= MOST_UNDER_WAY) throw new Refused('busy', 'too many commands are under way', true);
      underWay += 1;
      const result = await obey(bridge, cmd(), from).finally(() => (underWay -= 1));
      write({ id, ok: true, result });
    } catch (error) {
      write({ id, ok: false, error: wordsOf(error) });
    }
  };
  for await (const chunk of untilClosed(input)) {
    for (const line of reader.push(chunk)) void take(line);
  }
  await bridge.close();
}

/** What a line asks for. A line that is no command is answered too, with an id where it has one. */
function read(line: Line): { id: string | number | null; cmd: () => string; from: Fields } {
  const wrong = (message: string) => (): never => {
    throw new Refused('bad_line', message);
  };
  if ('tooLong' in line) return { id: null, cmd: wrong('a line may have 1 MiB at most'), from: {} };
  let from: unknown;
  try {
    from = JSON.parse(line.text);
  } catch {
    return { id: null, cmd: wrong('the line is not JSON'), from: {} };
  }
  if (!isFields(from)) return { id: null, cmd: wrong('the line is not a JSON object'), from: {} };
  // What is the line's own is no field of a command.
  const { id, cmd, v, ...fields } = from;
  const known = (typeof id === 'string' && id.length <= 128) || Number.isSafeInteger(id);
  if (!known) return { id: null, cmd: wrong('"id" must be a number or a short text'), from };
  if (v !== 1) return { id: id as string | number, cmd: wrong('"v" must be 1'), from };
  if (typeof cmd !== 'string') return { id: id as string | number, cmd: wrong('"cmd" must be text'), from };
  return { id: id as string | number, cmd: () => cmd, from: fields };
}

function wordsOf(error: unknown): object {
  if (error instanceof Refused) {
    const { code, message, retryable, unknown } = error;
    return { code, message, retryable, ...(unknown && { unknown }) };
  }
  say(`a command failed: ${error instanceof Error ? error.message : 'no reason'}`);
  return { code: 'internal', message: 'the bridge failed; its standard error says more', retryable: false };
}
