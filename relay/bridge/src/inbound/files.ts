import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DEF_MEDIA_HOST, type WAMessage, type WAMessageKey, downloadMediaMessage, proto } from '@whiskeysockets/baileys';
import type { Store } from '../disk/store.js';
import { Refused, within } from '../wire/refused.js';
import type { Open } from '../socket.js';
import { withFile } from './content.js';

/** How long the phone may take to upload a file again, in milliseconds. */
const REUPLOAD_MS = 30_000;

interface KeptMedia {
  key: WAMessageKey;
  content: string;
}

/**
 * Fetches the file of a message to `path`, by stream and up to `max` bytes. It appears under its name only when it is
 * whole. A file that WhatsApp no longer has (404, 410) is asked for again from the phone, once: Baileys has the code
 * for that and never reaches it, because the status is not where it looks.
 */
export async function fetchMedia(open: Open, store: Store, chat: string, id: string, path: string, max: number): Promise<number> {
  const text = store.get('media', `${chat} ${id}`);
  if (text === undefined) throw new Refused('unknown_media', 'no file of this message is known here');
  const kept = JSON.parse(text) as KeptMedia;
  const content = withFile(proto.Message.decode(Buffer.from(kept.content, 'base64')));
  if (!content) throw new Refused('unknown_media', 'what is known of this message has no file');
  const message: WAMessage = { key: kept.key, message: content };
  try {
    return await download(message, path, max);
  } catch (error) {
    if (error instanceof Refused || ![404, 410].includes(statusOf(error) ?? 0)) throw broken(error);
  }
  const fresh: WAMessage = await within<WAMessage>(REUPLOAD_MS, open.sock.updateMediaMessage(message), gone).catch((error: unknown) => {
    throw error instanceof Refused ? error : gone();
  });
  return download(fresh, path, max).catch((error: unknown) => {
    throw broken(error);
  });
}

const gone = (): Refused => new Refused('media_gone', 'the file is no longer at WhatsApp, and the phone did not upload it again');

function broken(error: unknown): Refused {
  if (error instanceof Refused) return error;
  return new Refused('media_failed', 'the file could not be fetched or written', true);
}

/** Downloads once. Nothing is left under either name when it fails. */
async function download(message: WAMessage, path: string, max: number): Promise<number> {
  const half = `${path}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > max ? new Refused('too_large', `the file is larger than ${max} bytes`) : null, chunk);
    },
  });
  if (!isAtWhatsApp(message)) throw new Refused('media_elsewhere', 'its sender says that the file is not at WhatsApp: it is not fetched');
  try {
    const stream = await downloadMediaMessage(message, 'stream', { host: DEF_MEDIA_HOST });
    await pipeline(stream, limit, createWriteStream(half, { flags: 'w', mode: 0o600 }));
    const promised = hashOf(message);
    if (promised && !hash.digest().equals(promised)) throw new Refused('media_damaged', 'the file is not what its sender sent');
    await rename(half, path);
    return bytes;
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

/** Whether a file is fetched from WhatsApp, whatever its sender says: nobody sends this machine to other servers. */
function isAtWhatsApp(message: WAMessage): boolean {
  return Object.values(message.message ?? {}).every((part) => {
    const { url, directPath } = (part ?? {}) as { url?: string; directPath?: string };
    const address = directPath ? `https://${DEF_MEDIA_HOST}${directPath}` : url;
    if (!address || !URL.canParse(address)) return !address;
    const { protocol, host, username } = new URL(address);
    return protocol === 'https:' && username === '' && (host === 'whatsapp.net' || host.endsWith('.whatsapp.net'));
  });
}

/** The SHA-256 that the sender gave for the file. */
function hashOf(message: WAMessage): Buffer | undefined {
  for (const part of Object.values(message.message ?? {})) {
    const { fileSha256 } = (part ?? {}) as { fileSha256?: Uint8Array };
    if (fileSha256?.length === 32) return Buffer.from(fileSha256);
  }
  return undefined;
}

/** The HTTP status of a failed download: an error carries it in one of these places. */
function statusOf(error: unknown): number | undefined {
  const { status, output, data } = error as { status?: number; output?: { statusCode?: number }; data?: { status?: number } };
  return status ?? output?.statusCode ?? data?.status;
}
