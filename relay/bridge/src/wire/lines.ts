/** The longest line either side may write, in bytes, its newline not counted: 1 MiB. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** What a reader found in the bytes: a whole line, or one that was too long and is gone. */
export type Line = { text: string } | { tooLong: number };

/**
 * Cuts a stream of bytes into lines.
 *
 * It holds at most `limit` bytes of an unfinished line; the rest of a longer one is counted and thrown away up to its
 * newline, so that the next line is whole again. Empty lines are skipped. What stands unfinished at the end of the
 * stream was torn and is never handed on.
 */
export class LineReader {
  private parts: Uint8Array[] = [];
  private held = 0;

  constructor(private readonly limit = MAX_LINE_BYTES) {}

  /** Takes the next bytes and returns the lines that they finish. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.keep(chunk.subarray(from, at));
      const line = this.finish();
      if (line) lines.push(line);
      from = at + 1;
    }
    this.keep(chunk.subarray(from));
    return lines;
  }

  private keep(part: Uint8Array): void {
    this.held += part.length;
    if (this.held > this.limit) this.parts = [];
    else if (part.length > 0) this.parts.push(Buffer.from(part));
  }

  private finish(): Line | undefined {
    const length = this.held;
    const parts = this.parts;
    this.parts = [];
    this.held = 0;
    if (length > this.limit) return { tooLong: length };
    const text = Buffer.concat(parts).toString('utf8').replace(/^\uFEFF/, '').trim();
    return text === '' ? undefined : { text };
  }
}

/** One value as one line, or nothing when it would be longer than the protocol allows. `room` bytes stay free. */
export function lineOf(value: unknown, room = 0): string | undefined {
  const line = JSON.stringify(value);
  return Buffer.byteLength(line) > MAX_LINE_BYTES - room ? undefined : `${line}\n`;
}

/** The bytes of a stream, to its end or until it is destroyed: both are the end of the work. */
export async function* untilClosed(input: NodeJS.ReadableStream): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of input) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
